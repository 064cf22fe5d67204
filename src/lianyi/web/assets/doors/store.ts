// What the phone keeps: the list of codes of each gathering, and the scans that were not told yet. Neither says anything
// of anybody.

export type State = "seated" | "waiting" | "cancelled";
export interface List {
  gathering: number;
  codes: Record<string, [State, number | null]>; // what became of each, and when it was used (ms)
  seated: number;
  came: number;
  at: number; // when it was fetched, by this phone
}
export interface Scan {
  id?: number;
  gathering: number;
  ticket: string;
  code: string;
  registration: string;
  anyway: string;
  at: number; // ms, by this phone
}

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("lianyi-door", 1);
    asked.addEventListener("upgradeneeded", () => {
      asked.result.createObjectStore("lists", { keyPath: "gathering" });
      asked.result.createObjectStore("scans", { keyPath: "id", autoIncrement: true });
    });
    asked.addEventListener("success", () => done(asked.result));
    asked.addEventListener("error", () => failed(asked.error));
  });
  return opened;
}

async function within<T>(store: "lists" | "scans", act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const open = await database();
  return new Promise((done, failed) => {
    const turn = open.transaction(store, "readwrite");
    const asked = act(turn.objectStore(store));
    turn.addEventListener("complete", () => done(asked.result));
    turn.addEventListener("abort", () => failed(turn.error));
  });
}

export const keepList = (list: List): Promise<unknown> => within("lists", (store) => store.put(list));
export const listOf = (gathering: number): Promise<List | undefined> => within("lists", (store) => store.get(gathering));
export const note = (scan: Scan): Promise<unknown> => within("scans", (store) => store.add(scan));
export const drop = (id: number): Promise<unknown> => within("scans", (store) => store.delete(id));

export async function noted(gathering: number): Promise<Scan[]> {
  const all = await within<Scan[]>("scans", (store) => store.getAll());
  return all.filter((one) => one.gathering === gathering);
}
