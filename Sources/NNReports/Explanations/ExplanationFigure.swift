public import NNAnalysis
import NNCore
public import NNDrawing

/// A drawing of one row's explanation: an image with the attributions over it, bars of the features
/// of a table with the largest attributions, or bars of the steps of a sequence.
public struct ExplanationFigure {
  private let input: ExplainedInput

  /// The maximum number of bars of a table's features.
  private static let largestBarCount = 20

  /// Draws an input of a row.
  public init(_ input: ExplainedInput) { self.input = input }

  /// Draws a row of a network with one input.
  ///
  /// - Parameters:
  ///   - explanation: The explanation.
  ///   - row: The position of the row in it.
  ///   - names: The names of features, or of a sequence's steps; empty for numbers from 0.
  public init(_ explanation: Explanation, row: Int, names: [String] = []) {
    self.init(ExplainedInput(explanation, row: row, names: names))
  }

  /// The drawing.
  ///
  /// - Parameters:
  ///   - title: The title.
  ///   - panelWidth: The width of a panel; nil (default) for that of a figure of its own.
  public func figure(title: String, panelWidth: Double? = nil) -> Figure {
    let panel: any Panel = input.isImage ? imagePanel : barPanel
    return Figure(
      title: title,
      description: "The attributions of \(input.method): "
        + input.partsByMagnitude.prefix(5).map { "\($0.name) \(NumberText.short($0.value))" }
        .joined(separator: ", "),
      panelWidth: panelWidth, panels: [panel])
  }

  private var barPanel: Plot {
    // Steps stay in order; features come by their size.
    let shown =
      input.hasSteps ? input.parts : Array(input.partsByMagnitude.prefix(Self.largestBarCount))
    return Plot(
      y: Axis("attribution"),
      marks: [Bars(labels: shown.map(\.name), heights: shown.map(\.value))])
  }

  /// The image, the attributions, and both: gray where there is none, blue for negative and orange
  /// for positive ones.
  private var imagePanel: ImageGrid {
    let (channels, height, width) = (input.shape[0], input.shape[1], input.shape[2])
    let plane = height * width
    let pixels = input.numbers
    let sums = input.parts.map(\.value)
    let greatest = max(sums.map(\.magnitude).max() ?? 0, .leastNormalMagnitude)
    let (low, high) = (pixels.min() ?? 0, pixels.max() ?? 1)
    let levels = pixels.map { ($0 - low) / max(high - low, .leastNormalMagnitude) }
    func bytes(_ color: (_ pixel: Int, _ channel: Int) -> Double) -> RasterImage {
      RasterImage(
        width: width, height: height,
        rgb: (0..<plane).flatMap { pixel in
          (0..<3).map { UInt8((255 * min(1, max(0, color(pixel, $0)))).rounded()) }
        })
    }
    let overlay = bytes { pixel, channel in
      let gray = (0..<channels).reduce(0) { $0 + levels[$1 * plane + pixel] } / Double(channels)
      let strength = sums[pixel].magnitude / greatest
      let tint = ColorMap.diverging.color(at: sums[pixel] < 0 ? 0 : 1)
      let target = Double([tint.red, tint.green, tint.blue][channel]) / 255
      // A paler image, so that colours stand out from it.
      return (0.35 + 0.5 * gray) * (1 - strength) + target * strength
    }
    let image = bytes { pixel, channel in levels[min(channel, channels - 1) * plane + pixel] }
    let map = RasterImage(
      width: width, height: height, values: sums, colors: .diverging,
      range: -greatest...greatest)
    return ImageGrid(
      images: [image, map, overlay], captions: ["input", input.method, "both"], columns: 3,
      scale: max(1, 168 / max(height, width)))
  }
}
