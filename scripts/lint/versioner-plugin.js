/** Rules of this repository that no linter has by itself. */

const dateRead = 'Only src/common/clock.ts reads the time; take a Clock, or `now` as an argument.';

/** Finds `new Date()`, `Date()`, `Date.now()`, `performance.now()` and `process.hrtime`. */
const noClock = {
  meta: { type: 'problem', docs: { description: 'The time is read in one place' } },
  create(context) {
    const report = (node) => context.report({ node, message: dateRead });
    const isNamed = (node, name) => node.type === 'Identifier' && node.name === name;
    return {
      NewExpression(node) {
        if (isNamed(node.callee, 'Date') && node.arguments.length === 0) report(node);
      },
      CallExpression(node) {
        if (isNamed(node.callee, 'Date')) report(node);
      },
      MemberExpression(node) {
        const property = node.computed ? '' : node.property.name;
        if ((isNamed(node.object, 'Date') || isNamed(node.object, 'performance')) && property === 'now') report(node);
        if (isNamed(node.object, 'process') && property === 'hrtime') report(node);
      },
    };
  },
};

export default { meta: { name: 'versioner' }, rules: { 'no-clock': noClock } };
