import NNCore
import NNFormats
import NNImages
import NNTestSupport
import Testing

/// The path of a fixture.
func fixture(_ name: String, folder: StaticString = #filePath) -> String {
  let path = "\(folder)"
  return path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/Fixtures/" + name
}

/// The arrays of a fixture by name.
func arrays(_ name: String) throws -> [String: HostTensor] {
  Dictionary(uniqueKeysWithValues: try NPZ.read(fixture(name)).map { ($0.name, $0.tensor) })
}

/// The image files among the fixtures that this build reads, sorted.
let readableFiles: [String] =
  FolderListing.names(in: fixture("files")).filter { name in
    !name.hasPrefix(".") && (ImageFile.readsCompressed || isPlain(name))
  }.sorted()

/// Whether a file is in a format that needs no library.
func isPlain(_ name: String) -> Bool {
  [".bmp", ".ppm", ".pgm", ".pbm"].contains { name.hasSuffix($0) }
}

/// Decodes a fixture.
func decoded(_ name: String) throws -> PixelImage {
  try ImageFile.decode(FileBytes.read(fixture("files/\(name)")), at: name)
}

/// Expects an image with the pixels of an array [H, W] or [H, W, C].
///
/// - Parameter tolerance: The largest difference of a level.
func expectPixels(
  _ image: PixelImage, _ expected: HostTensor, tolerance: Int = 0, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let channels = expected.shape.rank == 2 ? 1 : expected.shape[2]
  let found = [image.height, image.width, image.channels]
  #expect(
    found == [expected.shape[0], expected.shape[1], channels], "\(what)",
    sourceLocation: sourceLocation)
  guard image.pixels.count == expected.elementCount else { return }
  let differences = zip(image.pixels, expected.scalars(as: UInt8.self)).map {
    abs(Int($0) - Int($1))
  }
  #expect(differences.max() ?? 0 <= tolerance, "\(what)", sourceLocation: sourceLocation)
}
