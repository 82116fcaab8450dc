#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A map of the plane: x′ = (a·x + b·y + c) ÷ (g·x + h·y + 1), y′ = (d·x + e·y + f) ÷ (g·x + h·y + 1).
///
/// Coordinates are those of pixel corners: a pixel's centre is at its column and row plus a half.
package struct ProjectiveMap: Equatable, Sendable {
  var a = 1.0
  var b = 0.0
  var c = 0.0
  var d = 0.0
  var e = 1.0
  var f = 0.0
  var g = 0.0
  var h = 0.0

  /// Whether every point is mapped to itself.
  var isIdentity: Bool { self == ProjectiveMap() }

  /// The map from an affinely changed image back to the original, as torchvision's `affine`: of
  /// scale · rotation · shear about a centre, then a translation.
  ///
  /// - Parameters:
  ///   - angle: Degrees, clockwise.
  ///   - translation: Pixels to the right and down.
  ///   - scale: The factor of sizes.
  ///   - shear: Degrees along x and y.
  ///   - center: The fixed point.
  static func inverseAffine(
    angle: Double = 0, translation: (x: Double, y: Double) = (0, 0), scale: Double = 1,
    shear: (x: Double, y: Double) = (0, 0), center: (x: Double, y: Double)
  ) -> ProjectiveMap {
    func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
    let (rotation, x, y) = (radians(angle), radians(shear.x), radians(shear.y))
    // The matrix of the change, whose determinant is scale².
    let a = cos(rotation - y) / cos(y)
    let b = -cos(rotation - y) * tan(x) / cos(y) - sin(rotation)
    let c = sin(rotation - y) / cos(y)
    let d = -sin(rotation - y) * tan(x) / cos(y) + cos(rotation)
    var map = ProjectiveMap(a: d / scale, b: -b / scale, d: -c / scale, e: a / scale)
    let (right, down) = (center.x + translation.x, center.y + translation.y)
    map.c = center.x - map.a * right - map.b * down
    map.f = center.y - map.d * right - map.e * down
    return map
  }

  /// The map of four points to four others; nil where there is none.
  package static func mapping(
    _ points: [(x: Double, y: Double)], to others: [(x: Double, y: Double)]
  ) -> ProjectiveMap? {
    var rows: [[Double]] = []
    for (from, to) in zip(points, others) {
      rows.append([from.x, from.y, 1, 0, 0, 0, -to.x * from.x, -to.x * from.y, to.x])
      rows.append([0, 0, 0, from.x, from.y, 1, -to.y * from.x, -to.y * from.y, to.y])
    }
    // Gaussian elimination with the largest pivot.
    for column in 0..<8 {
      let pivot = (column..<8).max { rows[$0][column].magnitude < rows[$1][column].magnitude }
      guard let pivot, rows[pivot][column].magnitude > 1e-10 else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<8 where row != column {
        let factor = rows[row][column] / rows[column][column]
        guard factor != 0 else { continue }
        for index in column..<9 { rows[row][index] -= factor * rows[column][index] }
      }
    }
    let solution = (0..<8).map { rows[$0][8] / rows[$0][$0] }
    return ProjectiveMap(
      a: solution[0], b: solution[1], c: solution[2], d: solution[3], e: solution[4],
      f: solution[5], g: solution[6], h: solution[7])
  }
}

/// How a number between pixels is computed.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
  /// The nearest pixel.
  case nearest
  /// The weighted mean of the four pixels around.
  case bilinear
}

extension AugmentedExample {
  /// Replaces an image by one whose every pixel is taken from where a map leads to.
  ///
  /// Outside the image lies `fill`: a pixel at its edge is a mean with it.
  ///
  /// - Parameters:
  ///   - map: From a pixel of the result to a point of the image.
  ///   - fill: The number outside, in the unit of the data.
  package mutating func warp(_ map: ProjectiveMap, _ interpolation: Interpolation, fill: Double) {
    guard !map.isIdentity else { return }
    let layout = layout
    let (height, width) = (layout.height, layout.width)
    replace(layout: layout) { source, target in
      func pixel(_ row: Int, _ column: Int, _ plane: Int) -> Double {
        guard row >= 0, row < height, column >= 0, column < width else { return fill }
        return source[plane + row * width + column]
      }
      for row in 0..<height {
        for column in 0..<width {
          let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
          let scale = map.g * x + map.h * y + 1
          let across = (map.a * x + map.b * y + map.c) / scale - 0.5
          let down = (map.d * x + map.e * y + map.f) / scale - 0.5
          let index = row * width + column
          // Points far outside, infinite ones included, are not integers.
          guard across > -1, across < Double(width), down > -1, down < Double(height) else {
            for channel in 0..<layout.channels { target[channel * height * width + index] = fill }
            continue
          }
          if interpolation == .nearest {
            let nearestRow = Int(down.rounded(.toNearestOrEven))
            let nearestColumn = Int(across.rounded(.toNearestOrEven))
            for channel in 0..<layout.channels {
              let plane = channel * height * width
              target[plane + index] = pixel(nearestRow, nearestColumn, plane)
            }
            continue
          }
          let (top, left) = (Int(down.rounded(.down)), Int(across.rounded(.down)))
          let (low, right) = (down - Double(top), across - Double(left))
          for channel in 0..<layout.channels {
            let plane = channel * height * width
            target[plane + index] =
              pixel(top, left, plane) * (1 - low) * (1 - right)
              + pixel(top, left + 1, plane) * (1 - low) * right
              + pixel(top + 1, left, plane) * low * (1 - right)
              + pixel(top + 1, left + 1, plane) * low * right
          }
        }
      }
    }
  }
}
