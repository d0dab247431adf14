export default {
  code: 426,
  name: 'Upgrade Required',
  says: 'Not over this protocol: Upgrade says over which.',
  defined: 'RFC 9110, 15.5.22',
  icon: 'icons/426.svg',
};
