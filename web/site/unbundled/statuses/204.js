export default {
  code: 204,
  name: 'No Content',
  says: 'Done, and there is nothing to show for it.',
  defined: 'RFC 9110, 15.3.5',
  icon: 'icons/204.svg',
};
