export default {
  code: 428,
  name: 'Precondition Required',
  says: 'Only with If-Match, so that no update is lost.',
  defined: 'RFC 6585, 3',
  icon: 'icons/428.svg',
};
