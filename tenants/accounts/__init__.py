"""People who work in the portal: accounts, memberships, sign-ins, and the actor of a step."""
