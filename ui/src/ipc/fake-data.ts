/** Comparisons as studies have them: short, long, code, tables, other scripts, broken, hostile. */
import type { ComparisonView, TurnView } from './bindings';

export interface FakeItem {
  prompt: TurnView[];
  context: string | null;
  /** In the imported order. */
  answers: [string, string];
}

const user = (text: string): TurnView => ({ role: 'user', text });

const WRITTEN: FakeItem[] = [
  {
    prompt: [user('Why does bread go stale faster in the fridge than on the counter?')],
    context: null,
    answers: [
      `Staling is mostly **not** drying out. When bread is baked, the starch in the flour takes up water and loses its ordered structure. As the loaf cools, the starch slowly becomes ordered again (*retrogradation*) and pushes the water out, which makes the crumb firm.

That process is fastest a few degrees above freezing, which is exactly the temperature of a fridge. So:

1. On the counter, bread keeps two or three days.
2. In the fridge it firms up within a day.
3. In the freezer the process all but stops.

Warming a stale slice above about 60 °C undoes part of it, which is why toast from old bread is fine.`,
      `Bread goes stale in the fridge because the fridge is dry and takes the water out of it. Keep it in a plastic bag and it will be as good as fresh for two weeks.`,
    ],
  },
  {
    prompt: [
      { role: 'system', text: 'You are a patient tutor. Answer in at most three sentences.' },
      user('What is a prime number?'),
      {
        role: 'assistant',
        text: 'A whole number greater than 1 that no whole number divides except 1 and itself. 2, 3, 5 and 7 are the first ones.',
      },
      user('So is 1 one of them? My teacher says no, but 1 is only divisible by 1 and itself.'),
    ],
    context:
      'Prefer the answer that is **correct** and stays within the limit that the system message sets.',
    answers: [
      'Your teacher is right: 1 is left out on purpose. If it were prime, 6 could be written as 2 × 3, as 1 × 2 × 3, as 1 × 1 × 2 × 3, and so on, and no number would have just one way of being taken apart into primes. That uniqueness is worth more than a shorter definition.',
      'Great question! Yes, you could say that 1 is a prime number, because it is divisible by 1 and by itself. Some mathematicians call it prime and others do not. It is a matter of taste. Ask your teacher which convention your class uses. Many books list 1 as the first prime. Others start at 2.',
    ],
  },
  {
    prompt: [
      user('Write a Python function that returns the most frequent word in a text, ignoring case.'),
    ],
    context: null,
    answers: [
      `\`\`\`python
import re
from collections import Counter

def most_frequent_word(text: str) -> str | None:
    """The most frequent word, in lower case; the first one on equal counts; None if there is none."""
    words = re.findall(r"[^\\W\\d_]+(?:['’][^\\W\\d_]+)*", text.casefold())
    return Counter(words).most_common(1)[0][0] if words else None
\`\`\`

\`Counter.most_common\` keeps the order of first appearance on equal counts, so the result does not change from run to run.`,
      `You can do it like this:

\`\`\`python
def most_frequent_word(text):
    d = {}
    for w in text.split(" "):
        d[w] = d.get(w, 0) + 1
    return max(d, key=d.get)
\`\`\`

This splits on spaces and counts. Note that \`"The"\` and \`"the"\` are counted separately here.`,
    ],
  },
  {
    prompt: [user('Compare trains, planes and coaches for a trip of 600 km.')],
    context: null,
    answers: [
      `| | Door to door | Typical price | CO₂ per person | Work on the way |
|---|---:|---:|---:|---|
| High-speed train | 4 h 15 min | 45–110 € | 4 kg | yes, with a table |
| Plane | 4 h 30 min | 60–180 € | 95 kg | hardly |
| Coach | 8 h 30 min | 18–40 € | 17 kg | if you do not get sick |

**In short:** take the train unless the price decides, then take the coach. The plane is only faster where there is no fast line.`,
      `Planes are the fastest way to travel. Trains are comfortable. Coaches are cheap. It depends on what you want. Have a nice trip!`,
    ],
  },
  {
    prompt: [user('اشرح لي باختصار لماذا تبدو السماء زرقاء.')],
    context: null,
    answers: [
      'يتكوّن ضوء الشمس من ألوان كثيرة. عندما يمرّ عبر الغلاف الجوي تُشتِّت جزيئات الهواء الضوءَ ذا الموجات القصيرة (الأزرق) أكثر بكثير من الضوء ذي الموجات الطويلة (الأحمر)، فيصل إلى أعيننا اللون الأزرق من كل الجهات.',
      'السماء زرقاء لأنها تعكس لون البحر.',
    ],
  },
  {
    prompt: [user('Summarise the attached report in one paragraph.')],
    context: null,
    answers: [
      '',
      'There is no report in the conversation. If you paste the text, or the part that matters to you, I can summarise it.',
    ],
  },
  {
    prompt: [user('Show me how a web page could greet its visitors.')],
    context: null,
    answers: [
      `Put this in the page:

<h1 onclick="alert(1)">Hello</h1>
<script>document.title = 'Hello';</script>

More in the [HTML guide](https://example.org/guide "Guide"), with a picture: ![a page](https://example.org/page.png)`,
      `\`\`\`html
<!doctype html>
<title>Hello</title>
<h1>Hello, visitor</h1>
\`\`\`

- [x] has a title
- [ ] has a style sheet`,
    ],
  },
  {
    prompt: [user('What is the longest word you know?')],
    context: null,
    answers: [
      `Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, if German compounds count. Chemical names go on without end: ${'methionylthreonylthreonylglutaminylarginyl'.repeat(6)}…`,
      'In everyday English, perhaps *counterrevolutionaries*. Longer ones are mostly showpieces, such as *antidisestablishmentarianism*.',
    ],
  },
  {
    prompt: [
      user(
        Array.from(
          { length: 9 },
          (_, n) =>
            `Paragraph ${n + 1}. The committee met in the spring to look at how the water of the lake is shared between the villages, the mill and the fishery. Nobody had measured the inflow for years, and each side brought numbers that suited it. The secretary proposed to put up a gauge and to meet again in the autumn.`,
        ).join('\n\n') + '\n\nWhat did the committee decide?',
      ),
    ],
    context: null,
    answers: [
      'It put the decision off: a gauge is to measure the inflow, and the committee meets again in the autumn.',
      Array.from(
        { length: 14 },
        (_, n) =>
          `${n + 1}. The text says that the committee met in the spring and looked at how the water is shared. It also says that each side brought numbers of its own.`,
      ).join('\n'),
    ],
  },
];

const TOPICS = [
  'how to keep basil alive on a windowsill',
  'what a mutex is',
  'why the moon always shows the same face',
  'how to ask for a rise',
  'what to cook from lentils and spinach',
  'how vaccines are tested',
  'why some apples turn brown',
  'how to read a bus timetable',
];

/** `count` items: the written ones first, then plain ones. */
export function fakeItems(count: number): FakeItem[] {
  return Array.from({ length: count }, (_, n) => {
    const written = WRITTEN[n];
    if (written) return written;
    const topic = TOPICS[n % TOPICS.length] ?? '';
    return {
      prompt: [user(`Explain ${topic}, in a few sentences. (${n + 1})`)],
      context: null,
      answers: [
        `Here is the short version of ${topic}. The main point comes first, then the reason, then one thing to watch out for.\n\nIt holds in most cases; where it does not, the exception is named.`,
        `There is a lot to say about ${topic}. Many people have written about it, and opinions differ. In the end it is up to you.`,
      ],
    };
  });
}

/** The item as one annotator sees it: the sides change from item to item. */
export function fakeComparison(item: FakeItem, ordinal: number): ComparisonView {
  const order = (ordinal * 7) % 5 < 2 ? [1, 0] : [0, 1];
  return {
    item: `item-${ordinal}`,
    ordinal,
    modality: 'text',
    prompt: item.prompt,
    context: item.context,
    candidates: order.map((position) => ({
      id: `candidate-${ordinal}-${position}`,
      turns: [{ role: 'assistant', text: item.answers[position] ?? '' }],
      media: null,
      steps: null,
      system: null,
    })),
    loudness: null,
    preceding: null,
    previous: null,
  };
}
