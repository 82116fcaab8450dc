import NNCore
import NNFormats
import NNImages

/// Images of files, decoded and brought into one form.
struct DecodedImages: Sendable {
  /// A file that cannot be read.
  struct Failure: Sendable, Hashable {
    /// Its position in the list.
    let index: Int
    /// The reason.
    let reason: NNError
  }

  /// The images that could be read, uint8 [N, channels, height, width].
  let rows: ExampleRows
  /// The positions of the files that could be read.
  let kept: [Int]
  /// The other files.
  let failures: [Failure]
  /// What was left out.
  let notes: [DataNote]

  /// Opens every file, in parallel; the result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - files: The files, at least one.
  ///   - folder: The folder of the files, for messages; nil for a single file.
  ///   - options: The form of the images.
  ///   - onError: What happens if a file cannot be read.
  ///   - threads: The number of threads, at least 1.
  ///   - cache: Keeps decoded images; nil for none.
  ///   - isStreamed: Whether images stay in the cache's file; false by default.
  /// - Throws: `NNError` that lists the files that cannot be read, if that is an error or if they are
  ///   all; for more bytes than the memory; and if there is no cache in which images can stay.
  init(
    _ files: [ImageListing.File], at folder: String?, options: ImageOptions,
    onError: ImageFolderSource.ErrorPolicy, threads: Int, cache: DataCache?,
    isStreamed: Bool = false
  ) throws(NNError) {
    if isStreamed {
      (rows, failures) = try Self.inFile(
        files, at: folder, options, onError: onError, threads: threads, cache)
      (kept, self.notes) = try Self.summary(failures, of: files, at: folder, onError)
      return
    }
    let whole = files.count.multipliedSaturating(by: options.byteCount)
    try MemoryLimit.check(
      whole,
      "\(files.count) images of \(options.color.channels) × \(options.height) × "
        + "\(options.width)", at: folder,
      hint: "choose a smaller size, or leave images in the cache's file: stream: true")
    let entry = try? cache.map { cache throws(NNError) in
      try CachedImages(files, options, in: cache)
    }
    var notes: [DataNote] = []
    // Files that fail are read again, so that the error is complete.
    if let found = entry?.read(), found.failures.isEmpty || onError == .skip {
      (rows, failures) = (.memory(found.images), found.failures)
    } else {
      let (tensor, failures) = Self.decode(files[...], options, threads: threads)
      (rows, self.failures) = (.memory(tensor), failures)
      if failures.count < files.count, failures.isEmpty || onError == .skip, let entry {
        do throws(NNError) { try entry.write(tensor, failures) } catch {
          notes.append(
            DataNote(
              subject: error.place ?? entry.path,
              what: "cache files not written (\(error.message))",
              count: 1))
        }
      }
    }
    let summary = try Self.summary(failures, of: files, at: folder, onError)
    (kept, self.notes) = (summary.kept, notes + summary.notes)
  }

  /// The files that could be read, and a note about the others.
  private static func summary(
    _ failures: [Failure], of files: [ImageListing.File], at folder: String?,
    _ onError: ImageFolderSource.ErrorPolicy
  ) throws(NNError) -> (kept: [Int], notes: [DataNote]) {
    let failed = Set(failures.map(\.index))
    let kept = files.indices.filter { !failed.contains($0) }
    guard let first = failures.first else { return (kept, []) }
    if kept.isEmpty || onError == .fail {
      throw UnreadableFiles.error(
        failures.map { ($0.index, $0.reason) }, of: files, "cannot be read as images", at: folder,
        hint: "repair or remove them, or leave them out with on_error: skip")
    }
    let note = DataNote(
      subject: folder ?? files[first.index].name,
      what: "files left out that cannot be read as images "
        + "(\(files[first.index].name): \(first.reason.message))", count: failures.count)
    return (kept, [note])
  }

  /// The images in the cache's file, which is written block by block if it does not have them.
  private static func inFile(
    _ files: [ImageListing.File], at folder: String?, _ options: ImageOptions,
    onError: ImageFolderSource.ErrorPolicy, threads: Int, _ cache: DataCache?
  ) throws(NNError) -> (ExampleRows, [Failure]) {
    guard let cache else {
      throw .invalid(
        "decoded images stay in the cache's file, and there is no cache", at: folder,
        hint: "name a folder in NN_CACHE_DIR, or read images into memory: stream: false")
    }
    let entry = try CachedImages(files, options, in: cache)
    if let found = entry.open(), found.failures.isEmpty || onError == .skip {
      return (.file(found.images), found.failures)
    }
    let size = max(1, blockByteCount / options.byteCount)
    try MemoryLimit.check(
      size.multipliedSaturating(by: options.byteCount), "a block of images", at: folder,
      hint: "choose a smaller size")
    try entry.write { (writer) throws(NNError) in
      var failures: [Failure] = []
      for start in stride(from: 0, to: files.count, by: size) {
        let block = files[start..<min(start + size, files.count)]
        let (images, failed) = decode(block, options, threads: threads)
        failures += failed
        if failed.count < block.count { try writer.append(images) }
      }
      // All files are listed in one error, and none of this is kept.
      _ = try summary(failures, of: files, at: folder, onError)
      return failures
    }
    guard let found = entry.open() else {
      throw .failed(
        "was changed by another program while images were written to it", at: entry.path)
    }
    return (.file(found.images), found.failures)
  }

  /// The bytes of decoded images that are written to a file at once.
  private static let blockByteCount = 64 << 20

  /// Decodes files; failures have their positions in the whole list.
  private static func decode(
    _ files: ArraySlice<ImageListing.File>, _ options: ImageOptions, threads: Int
  ) -> (HostTensor, [Failure]) {
    let first = files.startIndex
    let size = options.byteCount
    let found = Guarded<[Failure]>([])
    let shape: Shape = [files.count, options.color.channels, options.height, options.width]
    let all = HostTensor(shape: shape, dtype: .uint8) { target in
      // Each file has a part of the memory of its own.
      nonisolated(unsafe) let target = target
      ParallelLoop.run(files.count, threads: threads) { index in
        do throws(NNError) {
          let path = files[first + index].path
          let bytes = try FileBytes.read(path, limit: largestFile)
          try ImageFile.decode(bytes, at: path).write(
            options,
            to: UnsafeMutableRawBufferPointer(rebasing: target[index * size..<(index + 1) * size]))
        } catch {
          found.withLock { $0.append(Failure(index: first + index, reason: error)) }
        }
      }
    }
    let failures = found.withLock { $0 }.sorted { $0.index < $1.index }
    guard !failures.isEmpty else { return (all, []) }
    let failed = Set(failures.map(\.index))
    let kept = files.indices.filter { !failed.contains($0) }
    return (all.gathering(kept.map { $0 - first }), failures)
  }

  /// The largest size of a file in bytes.
  private static let largestFile = 1 << 30
}
