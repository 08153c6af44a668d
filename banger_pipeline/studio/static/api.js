// The way to the program: the secret of this start, and requests that tell apart "not now", "no" and "no longer".

const KEPT = "banger-secret";

/** The program does not answer, or could not: worth another try. */
export class NotNow extends Error {}

/** The program refused; trying again will not help. */
export class Refused extends Error {
  constructor(what, remedy, status) {
    super([what, remedy].filter(Boolean).join(" "));
    this.status = status;
  }
}

/** The secret is of an earlier start, or missing. */
export class LockedOut extends Error {
  constructor() {
    super("This page does not belong to the running studio. Open the address that banger printed when it started.");
  }
}

function secret() {
  const given = location.hash.slice(1);
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEPT) ?? "";
}

const SECRET = secret();

/** Links to rooms carry the secret, so that they also open in a new tab. */
export function openRooms() {
  for (const link of document.querySelectorAll("a[data-room]")) {
    link.href = `/${link.dataset.room}#${SECRET}`;
  }
}

async function request(path, options = {}) {
  if (!SECRET) throw new LockedOut();
  let answer;
  try {
    answer = await fetch(path, {
      ...options,
      headers: { "x-banger-secret": SECRET, ...options.headers },
      signal: AbortSignal.timeout(20000),
    });
  } catch (error) {
    throw new NotNow("Banger does not answer.", { cause: error });
  }
  if (answer.ok) return answer;
  if (answer.status === 403) throw new LockedOut();
  const told = await answer.json().catch(() => ({}));
  const what = told.what ?? `Banger answered ${answer.status}.`;
  if (answer.status >= 500) throw new NotNow([what, told.remedy].filter(Boolean).join(" "));
  throw new Refused(what, told.remedy ?? "", answer.status);
}

export const ask = async (path) => (await request(path)).json();

export const tell = async (path, body) =>
  (await request(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).json();

export const fetchBlob = async (path) => (await request(path)).blob();
