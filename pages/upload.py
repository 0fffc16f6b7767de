from pages.components import page
page.begin("Upload","upload")
