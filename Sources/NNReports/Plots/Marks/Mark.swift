/// Something drawn between the axes of a plot.
public protocol Mark: Sendable {}
