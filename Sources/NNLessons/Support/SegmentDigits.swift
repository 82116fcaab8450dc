import NNCore
import NNData

/// Images of digits as a pocket calculator shows them, at random places, with random brightness and
/// noise.
struct SegmentDigits {
  /// The height and width of an image, in pixels.
  static let side = 20
  /// The pixels of the mark: a square in the upper left corner, which no digit touches.
  static let mark = (0..<markSide).flatMap { row in (0..<markSide).map { row * side + $0 } }
  /// The number of pixels of an image.
  static let pixelCount = side * side

  private static let markSide = 3
  /// The height, width and thickness of a digit.
  private static let (height, width, stroke) = (12, 8, 2)
  /// The segments of each digit: top, upper right, lower right, bottom, lower left, upper left, middle.
  private static let segments: [[Int]] = [
    [0, 1, 2, 3, 4, 5], [1, 2], [0, 1, 6, 4, 3], [0, 1, 6, 2, 3], [5, 6, 1, 2], [0, 5, 6, 2, 3],
    [0, 5, 6, 2, 3, 4], [0, 1, 2], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 5, 6],
  ]
  /// The rows and columns of each segment.
  private static let bars: [(rows: Range<Int>, columns: Range<Int>)] = [
    (0..<stroke, 0..<width), (0..<7, width - stroke..<width), (5..<height, width - stroke..<width),
    (height - stroke..<height, 0..<width), (5..<height, 0..<stroke), (0..<7, 0..<stroke),
    (5..<7, 0..<width),
  ]

  /// The digits.
  let labels: [Int]
  /// Whether each pixel belongs to a digit's segments, image by image.
  let strokes: [Bool]
  private let pixels: [UInt8]

  /// Draws images.
  ///
  /// - Parameters:
  ///   - count: Their number.
  ///   - seed: The seed of digits, places, brightness and noise.
  ///   - part: Distinguishes training and test images.
  init(_ count: Int, seed: UInt64, part: UInt32) {
    let layout = Philox(seed: seed, stream: 6, step: part)
    let noise = Philox(seed: seed, stream: 7, step: part)
    let margin = Self.markSide
    var labels: [Int] = []
    var strokes = [Bool](repeating: false, count: count * Self.pixelCount)
    var pixels = [UInt8](repeating: 0, count: count * Self.pixelCount)
    for image in 0..<count {
      let digit = layout.integer(4 * image, below: 10)
      // Right of the mark or below it would do; right of it keeps all digits apart from it.
      let left = margin + layout.integer(4 * image + 1, below: Self.side - Self.width - margin + 1)
      let top = layout.integer(4 * image + 2, below: Self.side - Self.height + 1)
      let brightness = 0.5 + 0.5 * layout.uniform(4 * image + 3)
      labels.append(digit)
      let start = image * Self.pixelCount
      for segment in Self.segments[digit] {
        for row in Self.bars[segment].rows {
          for column in Self.bars[segment].columns {
            strokes[start + (top + row) * Self.side + left + column] = true
          }
        }
      }
      for index in start..<start + Self.pixelCount {
        let value = (strokes[index] ? brightness : 0) + 0.1 * noise.normal(index)
        pixels[index] = UInt8((255 * min(max(value, 0), 1)).rounded())
      }
    }
    self.labels = labels
    self.strokes = strokes
    self.pixels = pixels
  }

  /// The images as bytes [N, 1, side, side] with their digits as labels.
  ///
  /// - Parameter isMarked: Whether the mark, white, is put on an image; on none by default.
  func dataset(
    marking isMarked: (_ image: Int) -> Bool = { _ in false }
  ) throws(NNError) -> Dataset {
    var pixels = pixels
    for image in labels.indices where isMarked(image) {
      for pixel in Self.mark { pixels[image * Self.pixelCount + pixel] = 255 }
    }
    return try Dataset(
      name: "digits",
      inputs: HostTensor(pixels, shape: [labels.count, 1, Self.side, Self.side]),
      targets: HostTensor(labels.map { Int32($0) }), classNames: (0...9).map { "\($0)" })
  }
}
