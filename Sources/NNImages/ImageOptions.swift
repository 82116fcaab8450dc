/// The colours of decoded images.
public enum ImageColor: String, Sendable, Hashable, CaseIterable {
  /// Three channels: red, green, blue.
  case rgb
  /// One channel: 0.299 red + 0.587 green + 0.114 blue.
  case grey

  /// The number of channels.
  public var channels: Int { self == .rgb ? 3 : 1 }
}

/// How an image of another aspect ratio gets the wanted size.
public enum ImageFit: String, Sendable, Hashable, CaseIterable {
  /// The largest centred part with the wanted aspect ratio is resized (Pillow's `ImageOps.fit`).
  case crop
  /// The whole image is resized with its aspect ratio, centred on the background (Pillow's
  /// `ImageOps.pad`).
  case pad
  /// The whole image is resized without its aspect ratio (Pillow's `Image.resize`).
  case stretch
}

/// The colour behind transparent pixels, and around images with `ImageFit.pad`.
public enum ImageBackground: String, Sendable, Hashable, CaseIterable {
  /// 255 in all channels.
  case white
  /// 0 in all channels.
  case black

  /// The value of each channel.
  var level: UInt8 { self == .white ? 255 : 0 }
}

/// The form that images of any size and kind are brought into: uint8 [channels, height, width].
public struct ImageOptions: Sendable, Hashable {
  /// The height in pixels.
  public var height: Int
  /// The width in pixels.
  public var width: Int
  /// The colours; RGB by default.
  public var color: ImageColor
  /// How other aspect ratios are treated; the centre is cropped by default.
  public var fit: ImageFit
  /// The colour behind transparent pixels and around padded images; white by default.
  public var background: ImageBackground

  /// The largest height and width.
  public static let largestSize = 16_384

  /// Creates options.
  ///
  /// - Precondition: Height and width are in 1…`largestSize`.
  public init(
    height: Int, width: Int, color: ImageColor = .rgb, fit: ImageFit = .crop,
    background: ImageBackground = .white
  ) {
    let sizes = 1...Self.largestSize
    precondition(sizes ~= height && sizes ~= width, "\(height) × \(width) is no size of an image")
    self.height = height
    self.width = width
    self.color = color
    self.fit = fit
    self.background = background
  }

  /// The bytes of an image in this form.
  package var byteCount: Int { color.channels * height * width }
}
