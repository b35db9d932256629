"""What `tools/build_notebooks.py` is made of, one noun a module.

problem · python_cell · exercise · source · function · course · notebook · card · chapter · solution · work · leak
"""
