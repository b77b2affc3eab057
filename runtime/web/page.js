// page.js - what every part of the page does with the document.

export const $ = (id) => document.getElementById(id);

export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

const NEAR_END_PX = 60;

/** Changes a list, and keeps its end in view when it was in view: who scrolled up reads on. */
export function following(list, change) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
  change();
  if (atEnd) list.scrollTop = list.scrollHeight;
}
