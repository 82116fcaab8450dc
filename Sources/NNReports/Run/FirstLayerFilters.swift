import NNCore
import NNDrawing

/// The weights of a network's first layer, where each output's weights form an image: of a
/// convolution over images, and of a dense layer that reads images.
struct FirstLayerFilters {
  /// The parameter's name: `0.weight`.
  let parameter: String
  /// 1 for brightness, 3 for red, green and blue.
  let channels: Int
  /// Rows of a filter.
  let height: Int
  /// Columns of a filter.
  let width: Int
  /// The filters, [channel, row, column] each.
  let filters: [[Double]]
  /// The greatest magnitude of all weights.
  private let greatest: Double

  /// Finds the filters; nil where the first weights do not form images.
  ///
  /// - Parameters:
  ///   - weights: The network's tensors, in its order.
  ///   - inputShape: The shape of one input example.
  init?(weights: [(name: String, tensor: HostTensor)], inputShape: Shape) {
    guard let first = weights.first(where: { $0.tensor.shape.rank >= 2 }),
      first.tensor.dtype.isFloatingPoint
    else { return nil }
    let shape = first.tensor.shape
    let size = Array(inputShape.dimensions.suffix(3))
    if shape.rank == 4 {
      (channels, height, width) = (shape[1], shape[2], shape[3])
    } else if shape.rank == 2, size.count == 3, shape[1] == inputShape.elementCount {
      (channels, height, width) = (size[0], size[1], size[2])
    } else {
      return nil
    }
    guard channels == 1 || channels == 3, height * width > 1 else { return nil }
    parameter = first.name
    let numbers = first.tensor.doubles
    let count = channels * height * width
    filters = (0..<shape[0]).map { Array(numbers[$0 * count..<($0 + 1) * count]) }
    greatest = numbers.reduce(1e-12) { max($0, abs($1)) }
  }

  /// A filter as an image.
  ///
  /// - Parameters:
  ///   - index: The filter's index.
  ///   - colors: The color map for filters with one channel; all filters share one
  ///     scale, centred at 0. Three channels are shown as colours, gray for 0.
  func image(_ index: Int, colors: ColorMap) -> RasterImage {
    guard channels == 3 else {
      return RasterImage(
        width: width, height: height, values: filters[index], colors: colors,
        range: -greatest...greatest)
    }
    let plane = width * height
    let bytes = (0..<plane).flatMap { pixel in
      (0..<3).map { byte(filters[index][$0 * plane + pixel]) }
    }
    return RasterImage(width: width, height: height, rgb: bytes)
  }

  /// Filters side by side in one image, with black lines between them.
  ///
  /// - Parameters:
  ///   - limit: The maximum number of filters.
  ///   - scale: The width of a weight, in pixels.
  func mosaic(limit: Int, scale: Int) -> RasterImage {
    let count = min(limit, filters.count)
    let columns = max(1, Int(Double(count).squareRoot().rounded(.up)))
    let rows = (count + columns - 1) / columns
    let (tileWidth, tileHeight) = (width * scale + 1, height * scale + 1)
    let (totalWidth, totalHeight) = (columns * tileWidth + 1, rows * tileHeight + 1)
    var bytes = [UInt8](repeating: 0, count: 3 * totalWidth * totalHeight)
    for index in 0..<count {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      for y in 0..<height * scale {
        for x in 0..<width * scale {
          let target =
            (row * tileHeight + 1 + y) * totalWidth + column * tileWidth + 1 + x
          for channel in 0..<3 {
            let plane = channels == 3 ? channel * width * height : 0
            bytes[3 * target + channel] = byte(
              filters[index][plane + y / scale * width + x / scale])
          }
        }
      }
    }
    return RasterImage(width: totalWidth, height: totalHeight, rgb: bytes)
  }

  /// A weight as brightness: 128 for 0.
  private func byte(_ weight: Double) -> UInt8 {
    UInt8(min(255, max(0, (128 + 127 * weight / greatest).rounded())))
  }
}
