/// Decimation: fewer points that draw the same line.
package enum Thinning {
  /// A line as it looks at a resolution: of the points within one step of x, only the first, the
  /// lowest, the highest and the last one remain, in their order.
  ///
  /// Lines that turn back along x keep all points that are further apart than a tenth of a step.
  package static func thinned(_ points: [Point], step: Double) -> [Point] {
    guard points.count > 512 else { return points }
    let isForward = zip(points, points.dropFirst()).allSatisfy { $0.x <= $1.x }
    return isForward ? byColumns(points, step: step) : byDistance(points, step / 10)
  }

  private static func byColumns(_ points: [Point], step: Double) -> [Point] {
    var result: [Point] = []
    var start = 0
    while start < points.count {
      let column = (points[start].x / step).rounded(.down)
      var end = start
      var (lowest, highest) = (start, start)
      while end < points.count, (points[end].x / step).rounded(.down) == column {
        if points[end].y < points[lowest].y { lowest = end }
        if points[end].y > points[highest].y { highest = end }
        end += 1
      }
      var last = -1
      for index in [start, min(lowest, highest), max(lowest, highest), end - 1] where index > last {
        result.append(points[index])
        last = index
      }
      start = end
    }
    return result
  }

  private static func byDistance(_ points: [Point], _ distance: Double) -> [Point] {
    guard var last = points.first else { return [] }
    var result = [last]
    for point in points.dropFirst().dropLast()
    where max((point.x - last.x).magnitude, (point.y - last.y).magnitude) >= distance {
      result.append(point)
      last = point
    }
    if let end = points.last { result.append(end) }
    return result
  }
}
