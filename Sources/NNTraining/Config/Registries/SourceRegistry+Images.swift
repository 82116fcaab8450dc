import NNCore
import NNData
import NNGraph
import NNImages

extension Registry where Product == DataSource {
  /// Folders of images.
  static var imageFolder: Row {
    Row(
      "image_folder",
      "Images in a folder: one folder per class, or a table of files and targets."
    ) { options in
      let path = options.required("path", .path, "the folder")
      let size = options.required(
        "size", .heightAndWidth(1...), "the height and width that all images get, in pixels")
      options.check(
        max(size.height, size.width) <= ImageOptions.largestSize, on: "size",
        "`size` is at most \(ImageOptions.largestSize)")
      let color = options.value(
        "color", .choice([("rgb", ImageColor.rgb), ("grey", .grey), ("gray", .grey)]),
        default: .rgb, "the channels: red, green and blue, or one")
      let fit = options.value(
        "fit", .choice([("crop", ImageFit.crop), ("pad", .pad), ("stretch", .stretch)]),
        default: .crop,
        "how other aspect ratios get that size: by cutting the edges, with a border, or distorted")
      let background = options.value(
        "background", .choice([("white", ImageBackground.white), ("black", .black)]),
        default: .white, "the colour behind transparent pixels and of the border")
      let manifest = options.optional(
        "manifest", .path,
        "a table with the column file_name, relative to the folder, and targets; null: class folders"
      )
      let targets = options.optional(
        "target", .list(.column),
        "the columns to predict; null: all columns of `manifest` but file_name")
      options.check(
        targets == nil || manifest != nil, on: "target",
        "`target` names columns of `manifest`, which is missing")
      let onError = options.value(
        "on_error",
        .choice([("fail", ImageFolderSource.ErrorPolicy.fail), ("skip", .skip)]), default: .fail,
        "what happens if a file is no image: an error, or it is left out and counted")
      let isStreamed = options.stream("decoded images stay in the file of the cache")
      let largest = ImageOptions.largestSize
      return {
        var source = ImageFolderSource(
          path: path,
          options: ImageOptions(
            height: min(size.height, largest), width: min(size.width, largest), color: color,
            fit: fit, background: background),
          manifest: manifest, targets: targets, onError: onError)
        source.isStreamed = isStreamed
        return .imageFolder(source)
      }
    }
  }
}
