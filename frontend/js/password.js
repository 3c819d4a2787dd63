// The rules of a new password, each with a word that says whether it is met while one types. The words stand on the page
// without this too; lists of known passwords are the server's business.
const LINES = ["qwertzuiop", "qwertyuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "yxcvbnm", "zxcvbnm", "wxcvbn"];

const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s/gu, "");

function isRow(text) {
  const codes = [...text].map((character) => character.codePointAt(0));
  const steps = new Set(codes.slice(1).map((code, index) => code - codes[index]));
  return steps.size === 1 && [1, -1, 0].includes([...steps][0]);
}

function isPlain(text) {
  return new Set(text).size <= 3 || isRow(text) || LINES.some((line) => line.repeat(9).startsWith(text));
}

// As the server judges: a text that is hardly more than the person's own words.
function isPersonal(text, own) {
  let rest = text;
  for (const word of own) rest = rest.replaceAll(folded(word), "");
  return text.length - rest.length >= 4 && rest.length < 8;
}

function verdicts(typed, { shortest, longest, own }) {
  const text = typed.normalize("NFKC");
  const length = [...text].length;
  return {
    short: length >= shortest,
    long: length > 0 && length <= longest,
    personal: length > 0 && !isPersonal(folded(text), own),
    common: length > 0 && !isPlain(folded(text)),
  };
}

function show(item, state, words) {
  let mark = item.querySelector(".rules__state");
  if (!mark) {
    mark = document.createElement("span");
    mark.className = "rules__state";
    item.append(mark);
  }
  item.dataset.met = String(state);
  mark.textContent = ` (${state ? words.met : words.unmet})`;
}

export function showPasswordRules() {
  for (const list of document.querySelectorAll("[data-password-rules]")) {
    const input = document.getElementById(list.dataset.passwordRules);
    if (!input) continue;
    const rules = {
      shortest: Number(list.dataset.shortest),
      longest: Number(list.dataset.longest),
      own: list.dataset.own.split("|").filter(Boolean).sort((a, b) => b.length - a.length),
    };
    let waiting;
    const judge = () => {
      const found = verdicts(input.value, rules);
      for (const item of list.querySelectorAll("[data-rule]")) show(item, found[item.dataset.rule], list.dataset);
    };
    // What is read aloud waits until the typing rests; what is seen does not.
    input.addEventListener("input", () => {
      judge();
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const left = [...list.children].filter((item) => item.dataset.met === "false");
        const said = list.nextElementSibling;
        if (said?.matches(".rules__said")) said.textContent = left.map((item) => item.textContent.trim()).join(". ");
      }, 1200);
    });
    if (input.value) judge();
  }
}
