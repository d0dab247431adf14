export default {
  code: 206,
  name: 'Partial Content',
  says: 'The ranges that were asked for, and not the whole.',
  defined: 'RFC 9110, 15.3.7',
  icon: 'icons/206.svg',
};
