"""`aipubuild NET.cfg`: the vendor's build files, read and carried out."""
