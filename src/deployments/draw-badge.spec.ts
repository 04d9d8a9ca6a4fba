import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawBadge } from './draw-badge.js';

describe('drawBadge', () => {
  it('shows the label and the message', () => {
    const svg = drawBadge({
      label: 'production',
      message: '1.4.2',
      title: 'my-service in production: 1.4.2',
      color: 'green',
    });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="20" role="img"/);
    expect(svg).toContain('>production</text>');
    expect(svg).toContain('>1.4.2</text>');
    expect(svg).toContain('<title>my-service in production: 1.4.2</title>');
  });

  it('escapes what strangers sent', () => {
    const hostile = `</text><script>alert("1")</script>&'\u0001`;
    const svg = drawBadge({ label: hostile, message: hostile, title: hostile, color: 'grey' });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffd');
  });

  it('shortens what is long, but not in the title', () => {
    const version = '1.0.0-'.padEnd(100, 'x');
    const svg = drawBadge({ label: 'production', message: version, title: version, color: 'green' });
    expect(svg).toContain(`>${version.slice(0, 39)}…</text>`);
    expect(svg).toContain(`<title>${version}</title>`);
  });

  it('is well-formed whatever the text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (label, message) => {
        const svg = drawBadge({ label, message, title: message, color: 'green' });
        const withoutMarkup = svg.replace(/<\/?(svg|title|clipPath|rect|g|text)( [\w:-]+="[^"<>]*")*\/?>/g, '');
        expect(withoutMarkup).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#39);)/);
        expect(svg.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\ufffe\uffff]/u);
      }),
    );
  });
});
