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
  let tensor: HostTensor
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
  /// - Throws: `NNError` that lists the files that cannot be read, if that is an error or if they are
  ///   all; for more bytes than the memory.
  init(
    _ files: [ImageListing.File], at folder: String?, options: ImageOptions,
    onError: ImageFolderSource.ErrorPolicy, threads: Int, cache: ImageCache?
  ) throws(NNError) {
    let whole = files.count.multipliedSaturating(by: options.byteCount)
    try MemoryLimit.check(
      whole,
      "\(files.count) images of \(options.color.channels) × \(options.height) × "
        + "\(options.width)", at: folder, hint: "choose a smaller size")
    let entry = cache?.entry(for: files, options)
    var notes: [DataNote] = []
    // Files that fail are read again, so that the error is complete.
    if let found = entry?.read(), found.failures.isEmpty || onError == .skip {
      (tensor, failures) = (found.images, found.failures)
    } else {
      (tensor, failures) = Self.decode(files, options, threads: threads)
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
    let failed = Set(failures.map(\.index))
    kept = files.indices.filter { !failed.contains($0) }
    if let first = failures.first {
      if kept.isEmpty || onError == .fail {
        throw UnreadableFiles.error(
          failures.map { ($0.index, $0.reason) }, of: files, "cannot be read as images", at: folder,
          hint: "repair or remove them, or leave them out with on_error: skip")
      }
      notes.append(
        DataNote(
          subject: folder ?? files[first.index].name,
          what: "files left out that cannot be read as images "
            + "(\(files[first.index].name): \(first.reason.message))", count: failures.count))
    }
    self.notes = notes
  }

  /// Decodes all files.
  private static func decode(
    _ files: [ImageListing.File], _ options: ImageOptions, threads: Int
  ) -> (HostTensor, [Failure]) {
    let size = options.byteCount
    let found = Guarded<[Failure]>([])
    let shape: Shape = [files.count, options.color.channels, options.height, options.width]
    let all = HostTensor(shape: shape, dtype: .uint8) { target in
      // Each file has a part of the memory of its own.
      nonisolated(unsafe) let target = target
      ParallelLoop.run(files.count, threads: threads) { index in
        do throws(NNError) {
          let bytes = try FileBytes.read(files[index].path, limit: largestFile)
          try ImageFile.decode(bytes, at: files[index].path).write(
            options,
            to: UnsafeMutableRawBufferPointer(rebasing: target[index * size..<(index + 1) * size]))
        } catch {
          found.withLock { $0.append(Failure(index: index, reason: error)) }
        }
      }
    }
    let failures = found.withLock { $0 }.sorted { $0.index < $1.index }
    guard !failures.isEmpty else { return (all, []) }
    let failed = Set(failures.map(\.index))
    return (all.gathering(files.indices.filter { !failed.contains($0) }), failures)
  }

  /// The largest size of a file in bytes.
  private static let largestFile = 1 << 30
}
