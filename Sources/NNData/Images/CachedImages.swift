import NNCore
import NNFormats
import NNImages

/// The decoded images of some files in the cache, in one form.
struct CachedImages {
  private let entry: DataCache.Entry
  private let shape: Shape
  private let count: Int

  /// - Throws: `NNError` naming the first file that does not exist.
  init(
    _ files: [ImageListing.File], _ options: ImageOptions, in cache: DataCache
  ) throws(NNError) {
    // Another decoding, or the formats of another build, would be another version.
    entry = try cache.entry(
      "images", of: files.map(\.path), options: "2\n\(options)\n\(ImageFile.readsCompressed)")
    shape = [options.color.channels, options.height, options.width]
    count = files.count
  }

  /// The path of the file.
  var path: String { entry.path }

  private static let failures = "failures"

  /// The images and the files that cannot be read; nil if they are not in the cache, or damaged.
  func read() -> (images: HostTensor, failures: [DecodedImages.Failure])? {
    guard let found = entry.read([Self.failures]),
      let failures = failures(found.others[0], images: found.rows.shape, found.rows.dtype)
    else { return nil }
    return (found.rows, failures)
  }

  /// The images in the file, of which rows are read when they are needed, and the files that cannot be
  /// read; nil if they are not in the cache.
  func open() -> (images: RowFile, failures: [DecodedImages.Failure])? {
    guard let found = entry.open([Self.failures]),
      let failures = failures(found.others[0], images: found.rows.shape, found.rows.dtype)
    else { return nil }
    return (found.rows, failures)
  }

  /// Writes the images, whole or not at all.
  ///
  /// - Throws: `NNError` if the folder or the file cannot be written.
  func write(_ images: HostTensor, _ failures: [DecodedImages.Failure]) throws(NNError) {
    try entry.write(images, [(Self.failures, Self.text(of: failures))])
  }

  /// Writes images that come block by block, whole or not at all; `read()` and `open()` find them.
  ///
  /// - Parameter body: Passes images to the writer that it gets, and returns the files that cannot be
  ///   read.
  /// - Throws: What `body` throws, and `NNError` if the folder or the file cannot be written.
  func write(
    _ body: (RowWriter) throws(NNError) -> [DecodedImages.Failure]
  ) throws(NNError) {
    try entry.write(rowsOf: shape, .uint8) { (writer) throws(NNError) in
      [(Self.failures, Self.text(of: try body(writer)))]
    }
  }

  /// One line for each file, after a heading, since a tensor has at least one element.
  private static func text(of failures: [DecodedImages.Failure]) -> HostTensor {
    let lines = failures.map { failure in
      "\n\(failure.index)\t\(failure.reason.message.escapingControls())"
    }
    return HostTensor(Array(("failures" + lines.joined()).utf8))
  }

  /// The files that cannot be read; nil unless the images have the form and number that they should
  /// have.
  private func failures(
    _ text: HostTensor, images: Shape, _ dtype: DType
  ) -> [DecodedImages.Failure]? {
    guard text.dtype == .uint8, dtype == .uint8 else { return nil }
    var failures: [DecodedImages.Failure] = []
    let lines = String(decoding: text.scalars(as: UInt8.self), as: UTF8.self)
    for line in lines.split(separator: "\n").dropFirst() {
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2, let index = Int(parts[0]), 0..<count ~= index else { return nil }
      failures.append(.init(index: index, reason: .invalid(String(parts[1]))))
    }
    return images == Shape([count - failures.count] + shape.dimensions) ? failures : nil
  }
}
