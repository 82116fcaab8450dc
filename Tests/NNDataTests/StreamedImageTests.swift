import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Decoded images that stay in the file of the cache.
@Suite("Images in a file") struct StreamedImageTests {
  private let images = ImageFolder()
  private let folder: TemporaryFolder
  private let cache: DataCache

  init() throws {
    folder = try TemporaryFolder()
    cache = DataCache(folder: folder.path("cache"))
    for index in 0..<9 {
      try images.write("\(index % 2 == 0 ? "a" : "b")/\(index).ppm", [UInt8(10 * index), 1, 2])
    }
  }

  private var streamed: ImageFolderSource {
    var source = images.source()
    source.isStreamed = true
    return source
  }

  @Test("equal images in memory, whichever wrote the cache")
  func equalsMemory() throws {
    let memory = try images.load(nil, cache: nil)
    for first in [streamed, images.source()] {
      let cache = DataCache(folder: folder.path("cache-\(first.isStreamed)"))
      _ = try images.load(first, cache: cache)
      let file = try images.load(streamed, cache: cache)
      #expect(file.isInFile && file.inputs == memory.inputs && file.targets == memory.targets)
      #expect(file.classNames == memory.classNames)
      let again = try images.load(nil, cache: cache)
      #expect(!again.isInFile && again.inputs == memory.inputs && again.notes.isEmpty)
      #expect(FolderListing.names(in: cache.folder).count { $0.hasSuffix(".safetensors") } == 1)
    }
  }

  @Test("files that are no images are left out, or listed")
  func failures() throws {
    try images.writeText("no image", to: "a/wrong.ppm")
    try images.writeText("nor this", to: "b/wrong.ppm")
    expectError("2 of 11 files cannot be read as images", "a/wrong.ppm", "b/wrong.ppm") {
      _ = try images.load(streamed, cache: cache)
    }
    #expect(!FolderListing.names(in: cache.folder).contains { $0.hasSuffix(".safetensors") })
    var source = streamed
    source.onError = .skip
    for _ in 0..<2 {
      let file = try images.load(source, cache: cache)
      #expect(file.count == 9 && file.notes.map(\.count) == [2])
      var memory = source
      memory.isStreamed = false
      #expect(try file.inputs == images.load(memory, cache: nil).inputs)
    }
    expectError("2 of 11 files cannot be read as images") {
      _ = try images.load(streamed, cache: cache)
    }
  }

  @Test("a cut file of the cache is written again")
  func damage() throws {
    let inputs = try images.load(streamed, cache: cache).inputs
    let name = try #require(
      FolderListing.names(in: cache.folder).first { $0.hasSuffix(".safetensors") })
    let path = "\(cache.folder)/\(name)"
    let whole = try FileBytes.read(path)
    for count in [0, 7, 100, whole.count - 1] {
      try AtomicFile.write(path: path, Array(whole.prefix(count)))
      #expect(try images.load(streamed, cache: cache).inputs == inputs)
      #expect(try FileBytes.read(path) == whole)
    }
  }

  @Test("without a cache there is no file in which images could stay")
  func noCache() throws {
    expectError(
      "decoded images stay in the cache's file, and there is no cache", "NN_CACHE_DIR"
    ) { _ = try images.load(streamed, cache: nil) }
  }
}
