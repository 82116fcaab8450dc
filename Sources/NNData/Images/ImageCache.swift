import NNCore
import NNFormats
import NNImages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder with decoded images, so that files are decoded only once.
///
/// A file of it holds the images of one source and form. It is used only while path, size and time of
/// the last change of every image file are the same. Files may be removed at any time; damaged ones
/// are replaced.
package struct ImageCache: Sendable, Hashable {
  /// The folder.
  package let folder: String

  /// Uses a folder, which need not exist.
  package init(folder: String) { self.folder = folder }

  /// The cache of this process: `NN_CACHE_DIR`, by default `~/.cache/neuralnet`; nil if the variable
  /// is empty, or if neither it nor `HOME` is set.
  package static var standard: ImageCache? {
    if let chosen = getenv("NN_CACHE_DIR").map({ String(cString: $0) }) {
      return chosen.isEmpty ? nil : ImageCache(folder: chosen)
    }
    let home = getenv("HOME").map { String(cString: $0) } ?? ""
    return home.isEmpty ? nil : ImageCache(folder: "\(home)/.cache/neuralnet")
  }

  /// The images of one source and form.
  struct Entry {
    /// The path of the file.
    let path: String
    fileprivate let folder: String
    /// Everything that the images depend on.
    fileprivate let key: [UInt8]
    fileprivate let shape: Shape
    fileprivate let count: Int
  }

  /// The entry for some files; nil if one of them is missing.
  func entry(for files: [ImageListing.File], _ options: ImageOptions) -> Entry? {
    // Another decoding, or the formats of another build, would be another version.
    var key =
      "images 1\n\(options)\n\(ImageFile.readsCompressed)\n\(Self.workingFolder ?? "")\n"
    for file in files {
      guard let stamp = FileStamp(file.path) else { return nil }
      key += "\(file.path)\t\(stamp.byteCount)\t\(stamp.modified)\n"
    }
    let bytes = Array(key.utf8)
    let shape: Shape = [options.color.channels, options.height, options.width]
    return Entry(
      path: "\(folder)/images-\(Self.name(of: bytes)).safetensors", folder: folder, key: bytes,
      shape: shape, count: files.count)
  }

  /// The folder that relative paths start from.
  private static var workingFolder: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  /// A short name of a key (FNV-1a). The file also holds the key, so that equal names do no harm.
  private static func name(of key: [UInt8]) -> String {
    let hash = key.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension ImageCache.Entry {
  private static let checksum = "crc32"

  /// The images and the files that cannot be read; nil if they are not in the cache, or damaged.
  func read() -> (images: HostTensor, failures: [DecodedImages.Failure])? {
    guard FileBytes.exists(path), let file = try? SafeTensorsFile(contentsOf: path),
      let found = file["key"], let images = file["images"], let texts = file["failures"],
      images.dtype == .uint8, found.dtype == .uint8, texts.dtype == .uint8,
      found.scalars(as: UInt8.self) == key, file.metadata[Self.checksum] == "\(sum(images, texts))",
      let failures = failures(texts.scalars(as: UInt8.self)),
      images.shape == Shape([count - failures.count] + shape.dimensions)
    else { return nil }
    return (images, failures)
  }

  /// The images in the file, of which rows are read when they are needed, and the files that cannot be
  /// read; nil if they are not in the cache. The checksum, for which all would be read, is not verified.
  func open() -> (images: RowFile, failures: [DecodedImages.Failure])? {
    func rows(_ name: String) -> RowFile? { try? RowFile(safetensors: path, tensor: name) }
    guard FileBytes.exists(path), let images = rows("images"), images.dtype == .uint8,
      let found = try? rows("key")?.readAll(), let texts = try? rows("failures")?.readAll(),
      found.dtype == .uint8, texts.dtype == .uint8, found.scalars(as: UInt8.self) == key,
      let failures = failures(texts.scalars(as: UInt8.self)),
      images.shape == Shape([count - failures.count] + shape.dimensions)
    else { return nil }
    return (images, failures)
  }

  /// Writes the images, whole or not at all.
  ///
  /// - Throws: `NNError` if the folder or the file cannot be written.
  func write(_ images: HostTensor, _ failures: [DecodedImages.Failure]) throws(NNError) {
    try prepareFolder()
    let texts = texts(of: failures)
    try SafeTensorsFile(
      tensors: [("failures", texts), ("images", images), ("key", HostTensor(key))],
      metadata: [Self.checksum: "\(sum(images, texts))"]
    ).write(to: path)
  }

  /// Writes images that come block by block, whole or not at all; `read()` and `open()` find them.
  ///
  /// - Parameter body: Passes images to the writer that it gets, and returns the files that cannot be
  ///   read.
  /// - Throws: What `body` throws, and `NNError` if the folder or the file cannot be written.
  func write(
    _ body: (RowWriter) throws(NNError) -> [DecodedImages.Failure]
  ) throws(NNError) {
    try prepareFolder()
    try SafeTensorsFile.write(to: path, rowsOf: "images", shape, .uint8) {
      (writer) throws(NNError) in
      let texts = texts(of: try body(writer))
      let sum = texts.withBytes { CRC32.checksum($0, continuing: writer.checksum) }
      return SafeTensorsFile(
        tensors: [("failures", texts), ("key", HostTensor(key))],
        metadata: [Self.checksum: "\(sum)"])
    }
  }

  private func prepareFolder() throws(NNError) {
    try OutputFolder.create(
      folder, for: "cache of images", hint: "name another folder in NN_CACHE_DIR")
    AtomicFile.removeLeftovers(in: folder)
  }

  /// One line for each file, after a heading, since a tensor has at least one element.
  private func texts(of failures: [DecodedImages.Failure]) -> HostTensor {
    let lines = failures.map { failure in
      "\n\(failure.index)\t\(failure.reason.message.escapingControls())"
    }
    return HostTensor(Array(("failures" + lines.joined()).utf8))
  }

  private func sum(_ images: HostTensor, _ texts: HostTensor) -> UInt32 {
    let first = images.withBytes { CRC32.checksum($0) }
    return texts.withBytes { CRC32.checksum($0, continuing: first) }
  }

  private func failures(_ bytes: [UInt8]) -> [DecodedImages.Failure]? {
    var failures: [DecodedImages.Failure] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2, let index = Int(parts[0]), 0..<count ~= index else { return nil }
      failures.append(.init(index: index, reason: .invalid(String(parts[1]))))
    }
    return failures
  }
}
