// Tabler is 635 kB; the portal uses its reset, buttons, fields, cards, badges and a few utilities.
import postcss from "postcss";

// A class is kept when it begins with one of these words.
const KEEP = [
  "btn", "form-", "input-group", "is-invalid", "invalid-feedback", "card", "badge", "visually-hidden",
  "d-none", "d-block", "d-flex", "d-grid", "d-inline", "flex-wrap", "flex-column", "flex-fill",
  "align-items-", "justify-content-", "gap-", "m-", "mt-", "mb-", "ms-", "me-", "p-", "pt-", "pb-", "w-100", "text-",
];
// Of those, these are not: whole families of colours and sizes that no page has.
const DROP = /^(btn-(?!primary$|sm$|link$|close$|icon$|check$)|badge-|text-bg-|text-(?!center$|end$|start$|nowrap$|truncate$|break$|wrap$|decoration)|card-(?!body$|header$|title$|footer$|actions$)|form-(?!control|select|check|label|text$|switch|file)|(m|mt|mb|ms|me|p|pt|pb|gap|d-none|d-block|d-flex|d-grid|d-inline\w*|align-items|justify-content)-(sm|md|lg|xl|xxl|print)-)/;

const classesOf = (selector) => [...selector.matchAll(/\.(-?[_a-zA-Z][\w-]*)/g)].map((match) => match[1]);
const wanted = (name) => KEEP.some((word) => name === word || (name.startsWith(word) && !DROP.test(name)));
const keeps = (selector) =>
  !/data-(bs-)?theme=["']?dark|\[data-bs-theme-|\[dir=/.test(selector) && !DROP_ANY.test(selector) && classesOf(selector).every(wanted);
const DROP_ANY = /\[data-vc|\.(alert|dropdown|navbar|modal|toast|nav-|page-|ts-|flatpickr|apexcharts|jvm|noUi)/;

function trimRules(root) {
  root.walkComments((comment) => comment.remove());
  root.walkRules((rule) => {
    if (rule.parent.type === "atrule" && rule.parent.name.endsWith("keyframes")) return;
    const selectors = rule.selectors.filter(keeps);
    if (selectors.length) rule.selectors = selectors;
    else rule.remove();
  });
}

function dropUnusedVariables(root, ownCss) {
  for (let again = true; again; ) {
    const used = new Set([...`${root}${ownCss}`.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]));
    again = false;
    root.walkDecls(/^--/, (decl) => {
      if (!used.has(decl.prop)) {
        decl.remove();
        again = true;
      }
    });
  }
}

function dropEmpty(root) {
  const animated = `${root}`;
  root.walkAtRules(/keyframes$/, (rule) => {
    if (!new RegExp(`animation[^;}]*${rule.params}`).test(animated)) rule.remove();
  });
  // A callback that returns false would end the walk: braces.
  root.walkRules((rule) => {
    if (rule.nodes.length === 0) rule.remove();
  });
  root.walkAtRules((rule) => {
    if (rule.name === "font-face" || rule.nodes?.length === 0) rule.remove();
  });
}

export function subset(css, ownCss) {
  const root = postcss.parse(css);
  trimRules(root);
  dropUnusedVariables(root, ownCss);
  dropEmpty(root);
  return root.toString();
}
