import { browserLanguage } from "./browser-language.js";
import { kept } from "./browser-storage.js";
import { Client } from "./client.js";
import { Cockpit, type Flow } from "./cockpit.js";
import { remembered } from "./remembered.js";
import { Texts } from "./texts.js";
import { render } from "./view.js";
import { shell } from "./views/shell.js";

const STYLE = "cardata/page/cockpit.css";
const RETRY_MS = 3000;

declare global {
  interface HTMLElementTagNameMap {
    "cardata-cockpit": CockpitElement;
  }
}

/**
 * The page as an element, `<cardata-cockpit>`: the whole of `/cardata`, and a tab of the editor's sidebar. A shadow root
 * keeps the styles of both apart.
 */
export class CockpitElement extends HTMLElement {
  /** Set by the editor before the element comes into the document. */
  flow: Flow | null = null;
  #close: (() => void) | null = null;

  connectedCallback(): void {
    if (this.#close !== null) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const host = document.createElement("div");
    host.className = "host";
    root.replaceChildren(styles(), host);
    let isClosed = false;
    this.#close = () => {
      isClosed = true;
    };
    const client = new Client();
    void textsFor(client, () => isClosed).then((texts) => {
      if (!isClosed && texts !== null) this.#start(host, client, texts);
    });
  }

  disconnectedCallback(): void {
    this.#close?.();
    this.#close = null;
  }

  #start(host: HTMLElement, client: Client, texts: Texts): void {
    let frame = 0;
    const draw = () => {
      frame = 0;
      render(host, shell(cockpit.state, cockpit));
    };
    const cockpit: Cockpit = new Cockpit({
      client,
      texts,
      flow: this.flow,
      // However much changes, one picture shows it.
      onState: () => (frame ||= requestAnimationFrame(draw)),
      onTiles: (isOn) => {
        if (this.flow !== null) return true;
        location.search = isOn ? "?tiles" : "";
        return false;
      },
    });
    draw();
    const unwatch = watchSight(this, (isSeen) => {
      cockpit.look(isSeen);
    });
    const unpaint = watchTheme(this, (isDark) => {
      cockpit.paint(isDark);
    });
    this.#close = () => {
      unwatch();
      unpaint();
      cancelAnimationFrame(frame);
      cockpit.close();
      render(host);
    };
  }
}

function styles(): HTMLElement {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = STYLE;
  return link;
}

/** Fetches the texts, which need no login, again and again while Node-RED does not answer; `null`: it is closed. */
async function textsFor(client: Client, isClosed: () => boolean): Promise<Texts | null> {
  const language = wantedLanguage();
  while (!isClosed())
    try {
      return new Texts(await client.texts(language), language);
    } catch {
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  return null;
}

/** The language chosen here, else in the editor, else that of the browser. */
function wantedLanguage(): string {
  const chosen = remembered().language ?? kept("editor-language") ?? "";
  return chosen === "" ? browserLanguage() : chosen;
}

/** Tells whether anybody can see an element: the window is open at it, and so is the tab of the sidebar. */
function watchSight(element: Element, tell: (isSeen: boolean) => void): () => void {
  let isShown = false;
  const told = () => {
    tell(isShown && document.visibilityState === "visible");
  };
  const observer = new IntersectionObserver((entries) => {
    isShown = entries.at(-1)?.isIntersecting ?? isShown;
    told();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", told);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", told);
  };
}

/** Tells whether the page is dark: in the editor as what is behind it, otherwise as the device is set. */
function watchTheme(element: HTMLElement, tell: (isDark: boolean) => void): () => void {
  const device = matchMedia("(prefers-color-scheme: dark)");
  const told = () => {
    tell(isDark(getComputedStyle(element.parentElement ?? element).color));
  };
  device.addEventListener("change", told);
  told();
  return () => {
    device.removeEventListener("change", told);
  };
}

/** Returns whether a colour of letters is one for a dark ground. */
function isDark(letters: string): boolean {
  const [red = 0, green = 0, blue = 0] = (/[\d., ]+/.exec(letters)?.[0] ?? "").split(",").map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
}
