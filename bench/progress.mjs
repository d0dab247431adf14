// Says how far a long run is: one line that rewrites itself on a terminal, nothing in a pipe.
export class Progress {
  constructor(total, stream = process.stderr) {
    Object.assign(this, { total, stream, done: 0, shown: stream.isTTY === true, began: Date.now() });
  }

  step(what) {
    this.done += 1;
    if (!this.shown) return;
    const elapsed_s = (Date.now() - this.began) / 1000;
    const left_s = this.done > 1 ? (elapsed_s / (this.done - 1)) * (this.total - this.done + 1) : undefined;
    const left =
      left_s === undefined
        ? ''
        : `, about ${left_s > 90 ? `${Math.round(left_s / 60)} min` : `${Math.round(left_s)} s`} left`;
    this.stream.write(`\r\x1b[K${this.done}/${this.total} ${what}${left}`);
  }

  end() {
    if (this.shown) this.stream.write('\r\x1b[K');
  }
}
