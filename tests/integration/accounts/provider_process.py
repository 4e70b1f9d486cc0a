"""The process of a provider: oidc-provider-mock, which leaves PKCE unchecked, behind a check of PKCE."""

import hashlib
import io
import os
import sys
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
from werkzeug.serving import run_simple


class AsksForProof:
    """Hand a code on only together with the verifier of its challenge (RFC 7636, S256)."""

    def __init__(self, wrapped):
        self.wrapped = wrapped
        self.challenges = {}

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == "/oauth2/authorize":
            asked = parse_qs(environ["QUERY_STRING"])

            def remember(status, headers, *more):
                back = parse_qs(urlsplit(dict(headers).get("Location", "")).query)
                if "code" in back:
                    self.challenges[back["code"][0]] = asked["code_challenge"][0]
                return start_response(status, headers, *more)

            return self.wrapped(environ, remember)
        if environ["PATH_INFO"] == "/oauth2/token" and not self._proved(environ):
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']
        return self.wrapped(environ, start_response)

    def _proved(self, environ):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        sent = parse_qs(body.decode())
        digest = hashlib.sha256(sent.get("code_verifier", [""])[0].encode()).digest()
        return self.challenges.get(sent["code"][0]) == urlsafe_b64encode(digest).rstrip(b"=").decode()


if __name__ == "__main__":
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    run_simple("127.0.0.1", int(sys.argv[1]), AsksForProof(oidc_provider_mock.app()))
