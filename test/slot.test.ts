import { App, Chart } from 'cdk8s';
import { ListSlot, Slot } from '../src/slot';

test('constructs remember each for themselves, whichever copy of the package asks', () => {
  const [one, other] = ['a', 'b'].map((id) => new Chart(new App(), id));
  new Slot<string>('Test').set(one, 'x');
  const slot = new Slot<string>('Test');
  expect([slot.of(one), slot.of(other), slot.begin(one, () => 'y'), slot.begin(other, () => 'z')]).toEqual([
    'x',
    undefined,
    'x',
    'z',
  ]);
});

test('lists add up, in the order of the tree', () => {
  const app = new App();
  const [first, second] = ['first', 'second'].map((id) => new Chart(app, id));
  const list = new ListSlot<number>('Numbers');
  list.add(second, 3);
  list.add(first, 1);
  list.add(first, 2);
  expect([list.of(first), list.of(app), list.below(app)]).toEqual([[1, 2], [], [1, 2, 3]]);
});
