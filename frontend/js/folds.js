// An address with # may name a part of a closed fold, or the fold itself: open it. Where no script runs, ?topic= does.
function openNamed() {
  const name = decodeURIComponent(window.location.hash.slice(1));
  const part = name && document.getElementById(name);
  if (!part) return;
  let opened = false;
  for (let fold = part.closest("details"); fold; fold = fold.parentElement?.closest("details")) {
    opened ||= !fold.open;
    fold.open = true;
  }
  if (opened) part.scrollIntoView();
}

export function openFolds() {
  window.addEventListener("hashchange", openNamed);
  try {
    openNamed();
  } catch {
    // A malformed escape in the address names nothing.
  }
}
