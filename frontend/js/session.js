// Warns before the session ends, in every tab at once, and keeps what was typed. Without a script the end stands in
// the frame of the page, and a form sent after it is kept by the server.
const SHARED = "session-end";

function read(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function shared() {
  try {
    return window.localStorage;
  } catch {
    return null; // a browser that keeps nothing: each tab counts for itself
  }
}

function share(news) {
  shared()?.setItem(SHARED, JSON.stringify(news));
}

function fresh(frame) {
  const { seconds, hour } = frame.dataset;
  return { end: Date.now() + Number(seconds) * 1000, hour, last: "last" in frame.dataset };
}

export function watchSession() {
  const frame = document.querySelector("[data-session-end]");
  const dialog = document.getElementById("session-dialog");
  if (!frame) return;
  if (!dialog?.showModal) {
    share(fresh(frame)); // a public page: its opening counts as use of the session, which private tabs should know
    return;
  }
  const warn = Number(frame.dataset.warn);
  const stay = dialog.querySelector("[data-session-stay]");
  const again = dialog.querySelector("[data-session-again]");
  const part = (name) => dialog.querySelector(`[data-session-part=${name}]`);
  let end = 0;
  let last = false;
  let said = Infinity;
  let over = false;
  let touched = null;

  // A form with a switch of languages can be shown again filled in: it is sent as if the language were switched.
  document.addEventListener("input", ({ target }) => {
    const form = target.form;
    if (form?.id && document.querySelector(`button[name=_switch][form="${CSS.escape(form.id)}"]`)) touched = form;
  });

  function take(news) {
    end = news.end;
    last = Boolean(news.last);
    said = Infinity;
    for (const place of document.querySelectorAll("[data-session-hour]")) place.textContent = news.hour;
    if (end - Date.now() > warn * 1000 && dialog.open && !over) dialog.close();
  }

  function tell(news) {
    take(news);
    share(news);
  }

  function say(left) {
    const due = [...dialog.querySelectorAll("[data-session-left]")]
      .map((item) => [Number(item.dataset.sessionLeft), item.textContent])
      .filter(([at]) => left <= at && at < said && at <= warn)
      .pop();
    if (!due) return;
    said = due[0];
    dialog.querySelector("[data-session-say]").textContent = due[1];
  }

  function show() {
    dialog.querySelector("[data-session-last]").hidden = !last || over;
    part("warning").hidden = over;
    part("ended").hidden = !over;
    stay.hidden = last || over;
    dialog.querySelector("[data-session-leave]").hidden = over;
    again.hidden = !over;
    if (over) dialog.querySelector("[data-session-failed]").hidden = true;
    dialog.setAttribute("aria-labelledby", over ? "session-over" : "session-title");
    if (!dialog.open) dialog.showModal();
  }

  function tick() {
    if (over) return;
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > warn) return;
    if (left <= 0) over = true;
    if (over || !dialog.open) {
      show();
      if (over) again.focus();
    }
    say(Math.max(0, left));
  }

  async function putOff() {
    const failed = dialog.querySelector("[data-session-failed]");
    failed.hidden = true;
    try {
      const answer = await fetch(frame.dataset.extend, { method: "POST", body: new FormData(stay), redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        end = 0;
        tick();
        return;
      }
      if (!answer.ok) throw new Error();
      const news = await answer.json();
      tell({ end: Date.now() + news.seconds * 1000, hour: news.hour, last: news.last });
      tick();
    } catch {
      failed.hidden = false;
    }
  }

  stay.addEventListener("submit", (event) => {
    event.preventDefault();
    putOff();
  });
  dialog.addEventListener("cancel", (event) => {
    if (over) return;
    event.preventDefault();
    if (!last) putOff();
  });
  again.addEventListener("click", (event) => {
    event.preventDefault();
    if (!touched) {
      const page = encodeURIComponent(window.location.pathname + window.location.search);
      window.location.assign(`${frame.dataset.signIn}?next=${page}`);
      return;
    }
    const mark = document.createElement("input");
    Object.assign(mark, { type: "hidden", name: "_switch", value: "1" });
    touched.append(mark);
    touched.submit();
  });
  for (const form of document.querySelectorAll(`form[action="${dialog.querySelector("[data-session-leave]").getAttribute("action")}"]`)) {
    form.addEventListener("submit", () => share({ end: 1, hour: "" }));
  }
  window.addEventListener("storage", ({ key, newValue }) => {
    const news = key === SHARED ? read(newValue) : {};
    if (!news.end || over) return;
    if (news.end > 1) take(news);
    else end = news.end;
    tick();
  });
  document.addEventListener("visibilitychange", tick);
  tell(fresh(frame));
  window.setInterval(tick, 1000);
  tick();
}
