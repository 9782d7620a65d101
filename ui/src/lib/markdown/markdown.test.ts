import { describe, expect, it, test } from 'vitest';

import { TextView } from '.';

function render(text: string): HTMLElement {
  const box = document.createElement('div');
  const view = new TextView(box, text, false);
  view.show([]);
  view.finish();
  return box;
}

describe('hostile input stays text', () => {
  // Each with what must still be readable, so that nothing vanishes from an answer.
  it.each([
    ['a script', '<script>alert(1)</script>', 'alert(1)'],
    ['a script inside a paragraph', 'see <script>alert(1)</script> here', '<script>'],
    ['an event handler', '<img src=x onerror=alert(1)>', 'onerror=alert(1)'],
    ['a handler on an allowed tag', '<b onclick=alert(1)>bold</b>', 'onclick=alert(1)'],
    ['a javascript: link', '[press](javascript:alert(1))', 'press'],
    ['an entity in a javascript: link', '[press](java&#115;cript:alert(1))', 'press'],
    ['a data: link', '[press](data:text/html,<script>alert(1)</script>)', 'press'],
    ['an autolink', '<https://example.org/>', 'https://example.org/'],
    ['a picture', '![alt text](https://example.org/x.png)', 'alt text'],
    ['a picture that breaks out of its alt text', '![a"><img src=x>](x)', 'a">'],
    ['a data: picture', '![x](data:image/svg+xml;base64,AAAA)', 'data:image'],
    ['a frame', '<iframe src="https://example.org"></iframe>', '<iframe'],
    ['a frame with srcdoc', '<iframe srcdoc="<script>1</script>"></iframe>', 'srcdoc'],
    ['svg', '<svg onload=alert(1)><a xlink:href="javascript:1">x</a></svg>', '<svg'],
    ['mathml', '<math><mtext><style><img src=x onerror=alert(1)>', '<math'],
    ['a style element', '<style>body { display: none }</style>', 'display: none'],
    ['a style attribute', '<p style="position: fixed">x</p>', 'position: fixed'],
    ['a form', '<form action="https://example.org"><input name=a></form>', '<form'],
    ['a refresh', '<meta http-equiv="refresh" content="0;url=x">', 'http-equiv'],
    ['a base', '<base href="https://example.org/">', '<base'],
    ['an object', '<object data="x.swf"></object><embed src=x>', '<object'],
    ['a template', '<template><script>1</script></template>', '<template'],
    ['a comment', 'before <!-- hidden --> after', 'hidden'],
    ['clobbering', '<a id=body name=cookie>x</a>', 'name=cookie'],
    ['html in a code span', '`<script>1</script>`', '<script>1</script>'],
    ['html in a code block', '```html\n<script>1</script>\n```', '<script>1</script>'],
    ['html in a fence info', '```"><script>1</script>\nx\n```', 'x'],
    ['html in a table', '|a|\n|-|\n|<img src=x>|', '<img src=x>'],
    ['html in a reference', '[x]\n\n[x]: javascript:alert(1) "<script>"', 'x'],
    ['a check box', '- [x] <input type=text>', '<input'],
  ])('%s', (_, text, readable) => {
    const box = render(text);
    const forbidden =
      'script, style, iframe, svg, math, form, input, button, meta, base, link, object, embed, ' +
      'img, picture, video, audio, source, a, template, [style], [id], [name], [src], [href]';
    expect(box.querySelectorAll(forbidden)).toHaveLength(0);
    for (const element of box.querySelectorAll('*')) {
      for (const { name } of element.attributes) {
        expect(['align', 'class', 'dir', 'start']).toContain(name);
      }
    }
    expect(box.textContent).toContain(readable);
  });
});

describe('what it renders', () => {
  it.each([
    ['a link', '[guide](https://example.org/a)', 'guide (https://example.org/a)'],
    ['a bare address, once', 'https://example.org/a', 'https://example.org/a'],
    ['a picture', '![cat](cat.png)', '[image: cat] (cat.png)'],
    ['tasks', '- [x] done\n- [ ] open', '☑ done\n☐ open'],
  ])('%s', (_, text, shown) => {
    expect(render(text).textContent?.trim()).toBe(shown);
  });

  test('a line break in the data is one on the screen', () => {
    expect(render('one\ntwo').querySelectorAll('br')).toHaveLength(1);
  });

  test('tags that only set type are kept', () => {
    expect(render('H<sub>2</sub>O and <b>bold</b>').innerHTML).toContain('H<sub>2</sub>O');
    expect(render('a<br/>b').querySelectorAll('br')).toHaveLength(1);
  });

  test('each block finds its own direction', () => {
    for (const element of render('# a\n\nb\n\n- c').querySelectorAll('h1, p, li')) {
      expect(element.getAttribute('dir')).toBe('auto');
    }
  });

  test('tables scroll in a box of their own', () => {
    expect(render('|a|\n|-|\n|b|').querySelector('.scroll > table')).not.toBeNull();
  });

  test('absurd nesting is shown as it is', () => {
    const text = `${'>'.repeat(20_000)} deep`;
    expect(render(text).textContent).toContain('deep');
  });

  test('what looks like a table tag in the text does not open a box', () => {
    const box = render('`<table>`');
    expect(box.textContent?.trim()).toBe('<table>');
    expect(box.querySelector('.scroll')).toBeNull();
  });
});
