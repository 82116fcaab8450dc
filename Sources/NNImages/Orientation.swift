/// The orientation of a photograph in its EXIF data: the transformation that
/// a viewer applies.
///
/// Source: CIPA DC-008, Exchangeable image file format, tag 0x0112.
enum Orientation: Int, Sendable, CaseIterable {
  case normal = 1
  case mirrored
  case rotatedHalf
  case flipped
  case transposed
  case rotatedLeft
  case transversed
  case rotatedRight

  /// The orientation in EXIF data: a TIFF header and its first directory. Normal where it is
  /// missing, invalid or damaged.
  ///
  /// - Parameter exif: The data, with or without `Exif\0\0` before them.
  init(exif: ArraySlice<UInt8>) {
    self = Self.tag(in: exif).flatMap(Orientation.init) ?? .normal
  }

  private static func tag(in exif: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(exif.starts(with: "Exif\0\0".utf8) ? exif.dropFirst(6) : exif)
    let isLittle = bytes.starts(with: "II".utf8)
    guard isLittle || bytes.starts(with: "MM".utf8) else { return nil }
    func number(at offset: Int, bytes width: Int) -> Int? {
      guard offset >= 0, offset + width <= bytes.count else { return nil }
      let part = bytes[offset..<offset + width]
      return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
      let count = number(at: directory, bytes: 2)
    else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = number(at: entry, bytes: 2), let type = number(at: entry + 2, bytes: 2) else {
        return nil
      }
      // A short number stands in the first half of its field.
      if tag == 0x0112 { return number(at: entry + 8, bytes: type == 3 ? 2 : 4) }
    }
    return nil
  }
}

extension PixelImage {
  /// The image in its orientation, as Pillow's `ImageOps.exif_transpose` does.
  func oriented(_ orientation: Orientation) -> PixelImage {
    guard orientation != .normal else { return self }
    let swaps = orientation.rawValue >= Orientation.transposed.rawValue
    let (outWidth, outHeight) = swaps ? (height, width) : (width, height)
    // The pixel of the source at the first pixel of the result, and the steps along its axes.
    let (start, right, down) = steps(orientation)
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
      pixels.withUnsafeBufferPointer { source in
        var target = 0
        for row in 0..<outHeight {
          var pixel = start + row * down
          for _ in 0..<outWidth {
            for channel in 0..<channels {
              out[target + channel] = source[pixel * channels + channel]
            }
            target += channels
            pixel += right
          }
        }
      }
      count = pixels.count
    }
    return PixelImage(width: outWidth, height: outHeight, channels: channels, pixels: result)
  }

  private func steps(_ orientation: Orientation) -> (start: Int, right: Int, down: Int) {
    let (lastColumn, lastRow) = (width - 1, (height - 1) * width)
    return switch orientation {
    case .normal: (0, 1, width)
    case .mirrored: (lastColumn, -1, width)
    case .rotatedHalf: (lastRow + lastColumn, -1, -width)
    case .flipped: (lastRow, 1, -width)
    case .transposed: (0, width, 1)
    case .rotatedLeft: (lastRow, -width, 1)
    case .transversed: (lastRow + lastColumn, -width, -1)
    case .rotatedRight: (lastColumn, width, -1)
    }
  }
}
