// The store's files in the browser's private file system, for SQLite in the worker.
//
// Each file is a synchronous access handle, taken when the page starts: reads and writes reach the disk as they do on a
// computer, and a handle shuts out a second tab. SQLite makes and removes its log of writes as it likes; here the file
// stays and is empty, which means the same to SQLite.

const KEPT = ["sitbone.sqlite", "sitbone.sqlite-wal", "sitbone.sqlite-journal"];

export async function take() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("sitbone", { create: true });
  const handles = new Map();
  try {
    for (const name of KEPT) {
      const file = await folder.getFileHandle(name, { create: true });
      handles.set(name, await file.createSyncAccessHandle());
    }
  } catch (error) {
    for (const handle of handles.values()) handle.close();
    throw error;
  }
  return handles;
}

export function mount({ FS, ERRNO_CODES }, path, handles) {
  FS.mkdirTree(path);
  const folder = FS.lookupPath(path).node;
  const plain = folder.node_ops;
  const failed = (error) => {
    throw new FS.ErrnoError(error.name === "QuotaExceededError" ? ERRNO_CODES.ENOSPC : ERRNO_CODES.EIO);
  };
  const trying = (work) => {
    try {
      return work();
    } catch (error) {
      return failed(error);
    }
  };

  function node(name) {
    const found = plain.mknod(folder, name, 0o100600, 0);
    const handle = handles.get(name);
    const memory = found.node_ops;
    found.node_ops = {
      ...memory,
      getattr(file) {
        const attributes = memory.getattr(file);
        attributes.size = handle.getSize();
        attributes.blocks = Math.ceil(attributes.size / attributes.blksize);
        return attributes;
      },
      setattr(file, changes) {
        const { size, ...others } = changes;
        if (size !== undefined && size !== null) trying(() => handle.truncate(size));
        memory.setattr(file, others);
      },
    };
    found.stream_ops = {
      ...found.stream_ops,
      read: (_, buffer, offset, length, at) =>
        trying(() => handle.read(buffer.subarray(offset, offset + length), { at })),
      write: (_, buffer, offset, length, at) =>
        trying(() => {
          const data = buffer.slice(offset, offset + length);
          const written = handle.write(data, { at });
          if (written < length) throw Object.assign(new Error(), { name: "QuotaExceededError" });
          return written;
        }),
      llseek(stream, offset, whence) {
        const from = whence === 1 ? stream.position : whence === 2 ? handle.getSize() : 0;
        if (from + offset < 0) throw new FS.ErrnoError(ERRNO_CODES.EINVAL);
        return from + offset;
      },
      fsync: () => trying(() => (handle.flush(), 0)),
    };
    return found;
  }

  folder.node_ops = {
    ...plain,
    mknod: (parent, name, mode, device) =>
      parent === folder && handles.has(name) ? node(name) : plain.mknod(parent, name, mode, device),
    unlink(parent, name) {
      if (parent === folder && handles.has(name)) trying(() => handles.get(name).truncate(0));
      plain.unlink(parent, name);
    },
  };
  for (const [name, handle] of handles) if (handle.getSize() > 0) node(name);
}
