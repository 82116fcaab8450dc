/// Something that a figure places in its grid.
public protocol Panel: Sendable {}
