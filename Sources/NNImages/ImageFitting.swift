extension PixelImage {
  /// The image with the size, colours and background of some options.
  package func fitted(to options: ImageOptions) -> PixelImage {
    let image = converted(to: options.color, background: options.background)
    switch options.fit {
    case .stretch: return image.resized(width: options.width, height: options.height)
    case .crop: return image.cropped(width: options.width, height: options.height)
    case .pad:
      return image.padded(
        width: options.width, height: options.height, level: options.background.level)
    }
  }

  /// The largest centred part with the aspect ratio of a size, resized: Pillow's `ImageOps.fit`.
  private func cropped(width newWidth: Int, height newHeight: Int) -> PixelImage {
    let (width, height) = (Double(self.width), Double(self.height))
    let ratio = Double(newWidth) / Double(newHeight)
    var (partWidth, partHeight) = (width, height)
    if width / height > ratio {
      partWidth = ratio * height
    } else if width / height < ratio {
      partHeight = width / ratio
    }
    let (left, top) = ((width - partWidth) * 0.5, (height - partHeight) * 0.5)
    return resized(
      Box(left: left, top: top, right: left + partWidth, bottom: top + partHeight),
      width: newWidth, height: newHeight)
  }

  /// The whole image, resized with its aspect ratio and centred: Pillow's `ImageOps.pad`, except
  /// that an extremely narrow image keeps one column or row.
  private func padded(width newWidth: Int, height newHeight: Int, level: UInt8) -> PixelImage {
    let ratio = Double(width) / Double(height)
    let wanted = Double(newWidth) / Double(newHeight)
    var (innerWidth, innerHeight) = (newWidth, newHeight)
    // Ties are rounded to even numbers, as in Python.
    func rounded(_ number: Double) -> Int { max(1, Int(number.rounded(.toNearestOrEven))) }
    if ratio > wanted {
      innerHeight = min(newHeight, rounded(Double(height) / Double(width) * Double(newWidth)))
    } else if ratio < wanted {
      innerWidth = min(newWidth, rounded(ratio * Double(newHeight)))
    }
    let inner = resized(width: innerWidth, height: innerHeight)
    guard (innerWidth, innerHeight) != (newWidth, newHeight) else { return inner }
    func half(_ room: Int) -> Int { Int((Double(room) * 0.5).rounded(.toNearestOrEven)) }
    let (left, top) = (half(newWidth - innerWidth), half(newHeight - innerHeight))
    var result = [UInt8](repeating: level, count: newWidth * newHeight * channels)
    let length = innerWidth * channels
    for row in 0..<innerHeight {
      let start = ((top + row) * newWidth + left) * channels
      result.replaceSubrange(
        start..<start + length, with: inner.pixels[row * length..<(row + 1) * length])
    }
    return PixelImage(width: newWidth, height: newHeight, channels: channels, pixels: result)
  }
}
