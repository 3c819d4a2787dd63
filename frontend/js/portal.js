// Everything here adds comfort: each page does its work without it. One module, loaded once, nothing inline.
import { Button, CharacterCount, ErrorSummary, PasswordInput, createAll } from "govuk-frontend";
import { openFolds } from "./folds.js";
import { openMenus } from "./menu.js";
import { keepLanguageSwitch } from "./language.js";
import { showPasswordRules } from "./password.js";
import { watchSession } from "./session.js";

document.documentElement.classList.add("js");
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");

createAll(ErrorSummary);
createAll(Button);
createAll(PasswordInput);
createAll(CharacterCount);
openMenus();
openFolds();
keepLanguageSwitch();
showPasswordRules();
watchSession();
