export default {
  code: 205,
  name: 'Reset Content',
  says: 'Done; clear the form for the next entry.',
  defined: 'RFC 9110, 15.3.6',
  icon: 'icons/205.svg',
};
