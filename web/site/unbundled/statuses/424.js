export default {
  code: 424,
  name: 'Failed Dependency',
  says: 'Not done, because something it needed failed.',
  defined: 'RFC 4918, 11.4',
  icon: 'icons/424.svg',
};
