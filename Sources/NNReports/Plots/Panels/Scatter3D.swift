/// Points in space, seen from afar, in a box of three axes.
public struct Scatter3D: Panel {
  /// The text above.
  public var title: String?
  /// The first axis, to the right when the azimuth is 0.
  public var x: Axis
  /// The second axis, away from the reader when the azimuth is 0.
  public var y: Axis
  /// The third axis, upwards.
  public var z: Axis
  /// Points that share colour and symbol.
  public var groups: [(name: String?, points: [(Double, Double, Double)])]
  /// Straight lines between two places, as of a cube or a plane.
  public var edges: [(from: (Double, Double, Double), to: (Double, Double, Double))]
  /// Degrees by which the reader walked around the box.
  public var azimuth: Double
  /// Degrees by which the reader stands above the box.
  public var elevation: Double

  /// Creates a plot in three dimensions.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - x: The first axis.
  ///   - y: The second axis.
  ///   - z: The third axis, upwards.
  ///   - groups: Points that share colour and symbol, with a name for the legend.
  ///   - edges: Straight lines between two places.
  ///   - azimuth: Degrees by which the reader walked around the box.
  ///   - elevation: Degrees by which the reader stands above the box.
  public init(
    title: String? = nil, x: Axis = Axis("x"), y: Axis = Axis("y"), z: Axis = Axis("z"),
    groups: [(name: String?, points: [(Double, Double, Double)])],
    edges: [(from: (Double, Double, Double), to: (Double, Double, Double))] = [],
    azimuth: Double = 30, elevation: Double = 25
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.z = z
    self.groups = groups
    self.edges = edges
    self.azimuth = azimuth
    self.elevation = elevation
  }
}
