// The file to keep: the desk in a page of its own, in every language that the site has.

import { openDesk } from "./desk.js";
import { TEXTS } from "./texts.js";
import { say } from "./words.js";

export function openKept(document) {
  let desk = null;
  const button = document.querySelector("header button");
  const languages = Object.keys(TEXTS);
  const speak = (language) => {
    document.documentElement.lang = language;
    for (const place of document.querySelectorAll("[data-text]")) {
      place.textContent = say(TEXTS[language], place.dataset.text);
    }
    const next = languages[(languages.indexOf(language) + 1) % languages.length];
    button.textContent = TEXTS[next].language;
    button.lang = next;
    button.hidden = languages.length < 2;
    button.onclick = () => speak(next);
    desk?.redraw();
  };
  speak(languages[0]);
  desk = openDesk(document, false);
}
