/** Lists on the page, whose elements stay as long as their items. */
import { syncList } from '../../public/assets/scripts/elements.js';

/** As much of a browser as is needed for it. */
class Row {
  dataset: { key?: string } = {};
  text = '';
  remove = () => take(this);
}

let children: Row[];
/** What was put into the list: it loses the focus. */
let placed: string[];
beforeEach(() => {
  [children, placed] = [[], []];
});

function take(row: Row): void {
  children = children.filter((each) => each !== row);
}

const list = {
  get children() {
    return children;
  },
  insertBefore(row: Row, next: Row | null) {
    take(row);
    placed.push(row.dataset.key!);
    children.splice(next ? children.indexOf(next) : children.length, 0, row);
  },
};

/** Items are their key and their text: `1 one`. */
function show(...items: string[]): Row[] {
  placed = [];
  syncList(list, items, {
    keyOf: (item: string) => Number(item[0]),
    create: () => new Row(),
    update: (row: Row, item: string) => (row.text = item),
  });
  return children;
}

const texts = () => children.map(({ text }) => text);

describe('a list', () => {
  it('has an element for each item, in order, and none for those that are gone', () => {
    show('1 one', '2 two', '3 three');
    expect(texts()).toEqual(['1 one', '2 two', '3 three']);
    show('3 three', '0 zero', '1 one');
    expect(texts()).toEqual(['3 three', '0 zero', '1 one']);
    show();
    expect(texts()).toEqual([]);
  });

  it('keeps the elements of items that stay, and moves none that has its place', () => {
    const [one, two] = show('1 one', '2 two');
    const [next, same, added] = show('1 another', '2 two', '3 three');
    expect([next, same]).toEqual([one, two]);
    expect(next).toBe(one);
    expect(added!.text).toBe('3 three');
    expect(texts()[0]).toBe('1 another');
    expect(placed).toEqual(['3']);
    show('2 two', '3 three');
    expect(placed).toEqual([]);
    expect(children[0]).toBe(two);
  });
});
