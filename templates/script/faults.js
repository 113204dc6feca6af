// What stops a check. `place` is a file, an entry or a line of it, for the reader.

// The bytes are not of the format.
export class Malformed extends Error {
  constructor(message, code = "malformed", place = "") {
    super(message);
    Object.assign(this, { code, place });
  }
}

// The bytes are of the format, and what they claim is not so.
export class NotVerified extends Error {
  constructor(message, code = "not-verified", place = "") {
    super(message);
    Object.assign(this, { code, place });
  }
}

// Nothing is known: a file is not there yet, or this browser lacks what the check needs.
export class Unchecked extends Error {
  constructor(message, code = "unchecked", place = "") {
    super(message);
    Object.assign(this, { code, place });
  }
}
