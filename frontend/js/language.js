// On a page with a form the language switch is a button that takes along what was typed. As long as nothing was
// typed there is nothing to take: then the plain address of the page in the other language is opened instead, so
// that Back and Reload stay simple.
export function keepLanguageSwitch() {
  for (const button of document.querySelectorAll("button[data-language-href]")) {
    const form = button.form;
    if (!form) continue;
    let touched = form.dataset.kept === "true";
    form.addEventListener("input", () => {
      touched = true;
    });
    button.addEventListener("click", (event) => {
      if (touched) return;
      event.preventDefault();
      window.location.assign(button.dataset.languageHref);
    });
  }
}
