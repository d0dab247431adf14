export default {
  code: 423,
  name: 'Locked',
  says: 'Someone else holds a lock on it.',
  defined: 'RFC 4918, 11.3',
  icon: 'icons/423.svg',
};
