// @ts-check
// What this telephone keeps, in IndexedDB: every change is on the disk before the screen says so.

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("rekap-petugas", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

/**
 * Do some work in one transaction: all of it is kept, or nothing.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T> | void} work
 * @returns {Promise<T | undefined>}
 */
async function within(mode, work) {
  const made = (await database()).transaction("kept", mode, { durability: "strict" });
  const asked = work(made.objectStore("kept"));
  return new Promise((done, failed) => {
    made.oncomplete = () => done(asked ? asked.result : undefined);
    made.onabort = () => failed(made.error);
  });
}

/** @param {string} key @returns {Promise<any>} */
export function get(key) {
  return within("readonly", (store) => store.get(key));
}

/** Keep some values together, and forget some keys with it. @param {Record<string, unknown>} values @param {string[]} gone @returns {Promise<unknown>} */
export function put(values, gone = []) {
  return within("readwrite", (store) => {
    for (const key of gone) store.delete(key);
    for (const [key, value] of Object.entries(values)) store.put(value, key);
  });
}

/** Forget keys. @param {string[]} keys @returns {Promise<unknown>} */
export function forget(...keys) {
  return put({}, keys);
}

/**
 * Everything below a prefix, by what follows the prefix.
 * @param {string} prefix
 * @returns {Promise<Map<string, any>>}
 */
export async function below(prefix) {
  /** @type {Map<string, any>} */
  const found = new Map();
  await within("readonly", (store) => {
    const asked = store.openCursor(IDBKeyRange.bound(prefix, `${prefix}\uffff`));
    asked.onsuccess = () => {
      const at = asked.result;
      if (!at) return;
      found.set(String(at.key).slice(prefix.length), at.value);
      at.continue();
    };
  });
  return found;
}
