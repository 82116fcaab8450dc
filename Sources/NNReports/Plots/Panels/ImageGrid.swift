/// Small pictures in rows, each with a caption.
public struct ImageGrid: Panel {
  /// The text above.
  public var title: String?
  /// The pictures, row by row.
  public var images: [Picture]
  /// A text under each picture; may be shorter than `images`.
  public var captions: [String]
  /// Pictures in a row.
  public var columns: Int
  /// Units of the drawing for each pixel; pictures that would not fit are drawn smaller.
  public var scale: Int

  /// Creates a grid of pictures.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - images: The pictures, row by row.
  ///   - captions: A text under each picture; may be shorter than `images`.
  ///   - columns: Pictures in a row.
  ///   - scale: Units of the drawing for each pixel; pictures that would not fit are drawn smaller.
  public init(
    title: String? = nil, images: [Picture], captions: [String] = [], columns: Int, scale: Int = 1
  ) {
    self.title = title
    self.images = images
    self.captions = captions
    self.columns = max(1, columns)
    self.scale = max(1, scale)
  }
}
